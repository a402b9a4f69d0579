import { isError } from "../../core/language/shape.ts";

/** What a client says of a failure. Errors of several addresses that were all tried have no message of their own. */
export function reason(error: unknown): string {
  if (!isError(error)) return String(error);
  return error.message || String(codeOf(error) ?? error.name);
}

export const codeOf = (error: unknown): unknown => Object(error).code;
