import { isPromise } from "../../crypto/awaitable.ts";
import { invalidOption } from "../../types/errors.ts";
import type { SchemaIssue, SchemaResult, StandardSchema } from "../../types/standard-schema.ts";

/** @throws SessionError INVALID_OPTION when the schema is asynchronous or refuses an empty session */
export function checkSchema<Output>(schema: StandardSchema<Output>): StandardSchema<Output> {
  if (typeof schema?.["~standard"]?.validate !== "function") {
    throw invalidOption(
      'schema must be a Standard Schema: an object of zod, valibot, arktype or the like with "~standard".',
    );
  }
  const { issues } = runSchema(schema, {});
  if (!issues) return schema;
  throw invalidOption(
    `schema must accept {}, because a new session is empty. Make each key optional, or give it a default: ${problemsOf(issues)}`,
  );
}

export function runSchema<Output>(schema: StandardSchema<Output>, data: object): SchemaResult<Output> {
  const result = schema["~standard"].validate(data);
  if (!isPromise(result)) return result;
  result.then(undefined, () => undefined);
  throw invalidOption(
    "schema must be synchronous: a session is checked again each time a commit meets a newer record.",
  );
}

/** The issues as `path (kind)`: no message, because a schema's messages quote what they were given. */
export function problemsOf(issues: readonly SchemaIssue[]): string {
  const texts = issues.map((issue) => {
    const at = (issue.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join(".");
    return [at, kindOf(issue)].filter((text) => text !== "").join(" ");
  });
  return texts.join("; ");
}

/** What zod and arktype call `code` and valibot `type`: a word of the schema's, not of the data. */
function kindOf(issue: SchemaIssue): string {
  const { code, type } = issue as { code?: unknown; type?: unknown };
  const kind = [code, type].find((word) => typeof word === "string" && /^[a-zA-Z_.]{1,40}$/.test(word));
  return kind === undefined ? "" : `(${kind})`;
}
