import { statusOf } from "../../core/http/error-response.ts";
import { isResponse } from "../../core/language/shape.ts";

/** How a handler ended: what it returned, or what it threw. */
export type Ended<T> = { readonly value: T } | { readonly error: unknown };

export async function ending<T>(work: () => Promise<T>): Promise<Ended<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}

export function resultOf<T>(ended: Ended<T>): T {
  if ("error" in ended) throw ended.error;
  return ended.value;
}

export function statusOfEnded(ended: Ended<unknown>): number {
  if ("value" in ended) return isResponse(ended.value) ? ended.value.status : 200;
  return isRedirect(ended.error) ? 303 : (fallbackStatus(ended.error) ?? statusOf(ended.error));
}

/** The mark by which Next.js knows what `redirect()`, `notFound()`, `forbidden()` and `unauthorized()` throw. */
function digestOf(error: unknown): string {
  const { digest } = Object(error) as { digest?: unknown };
  return typeof digest === "string" ? digest : "";
}

export const isRedirect = (error: unknown): boolean => digestOf(error).startsWith("NEXT_REDIRECT;");

/** The status of `notFound()` and its like; `undefined` for any other error. */
export function fallbackStatus(error: unknown): number | undefined {
  const [, status] = /^NEXT_HTTP_ERROR_FALLBACK;(\d{3})$/.exec(digestOf(error)) ?? [];
  return status === undefined ? undefined : Number(status);
}
