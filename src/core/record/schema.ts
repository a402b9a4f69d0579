import { isPromise } from "../../crypto/awaitable.ts";
import { invalidOption } from "../../types/errors.ts";
import type { SchemaIssue, SchemaResult, StandardSchema } from "../../types/standard-schema.ts";

/** Checks a schema. @throws SessionError INVALID_OPTION if it is asynchronous or rejects an empty session */
export function checkSchema<Output>(schema: StandardSchema<Output>): StandardSchema<Output> {
  if (typeof schema?.["~standard"]?.validate !== "function") {
    throw invalidOption(
      'schema must be a Standard Schema: an object with "~standard", such as a schema of zod, valibot or arktype.',
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
    "schema must be synchronous, because a commit validates the session again whenever it finds a newer record.",
  );
}

/** Formats issues as `path (kind)`. Leaves out their messages, which may quote session data. */
export function problemsOf(issues: readonly SchemaIssue[]): string {
  const texts = issues.map((issue) => {
    const at = (issue.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join(".");
    return [at, kindOf(issue)].filter((text) => text !== "").join(" ");
  });
  return texts.join("; ");
}

/**
 * Returns the kind of an issue: `code` in zod and arktype, `type` in valibot. It comes from the schema, not the data.
 */
function kindOf(issue: SchemaIssue): string {
  const { code, type } = issue as { code?: unknown; type?: unknown };
  const kind = [code, type].find((word) => typeof word === "string" && /^[a-zA-Z_.]{1,40}$/.test(word));
  return kind === undefined ? "" : `(${kind})`;
}
