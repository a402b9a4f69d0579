import { isError } from "../../core/language/shape.ts";

/** Returns a client's message for a failure, or its code: an `AggregateError` of several addresses has no message. */
export function reason(error: unknown): string {
  if (!isError(error)) return String(error);
  return error.message || String(codeOf(error) ?? error.name);
}

export const codeOf = (error: unknown): unknown => Object(error).code;
