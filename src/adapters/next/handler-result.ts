import { statusOf } from "../../core/http/error-response.ts";
import { isResponse } from "../../core/language/shape.ts";

/** What a handler returned or threw. */
export type HandlerResult<T> = { readonly value: T } | { readonly error: unknown };

export async function captureResult<T>(work: () => Promise<T>): Promise<HandlerResult<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}

export function unwrap<T>(result: HandlerResult<T>): T {
  if ("error" in result) throw result.error;
  return result.value;
}

export function statusOfResult(result: HandlerResult<unknown>): number {
  if ("value" in result) return isResponse(result.value) ? result.value.status : 200;
  return isRedirect(result.error) ? 303 : (fallbackStatus(result.error) ?? statusOf(result.error));
}

/** Returns the mark of errors thrown by `redirect()`, `notFound()`, `forbidden()` and `unauthorized()`. */
function digestOf(error: unknown): string {
  const { digest } = Object(error) as { digest?: unknown };
  return typeof digest === "string" ? digest : "";
}

export const isRedirect = (error: unknown): boolean => digestOf(error).startsWith("NEXT_REDIRECT;");

/** Returns the status of `notFound()`, `forbidden()` or `unauthorized()`; `undefined` for any other error. */
export function fallbackStatus(error: unknown): number | undefined {
  const [, status] = /^NEXT_HTTP_ERROR_FALLBACK;(\d{3})$/.exec(digestOf(error)) ?? [];
  return status === undefined ? undefined : Number(status);
}
