import { errorResponse, statusOf } from "../../core/http/error-response.ts";
import { editHeaders, headersTarget } from "../../core/http/header-edits.ts";
import { isResponse } from "../../core/language/shape.ts";
import { SessionError } from "../../types/errors.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { fallbackStatus, type HandlerResult, isRedirect, unwrap } from "./handler-result.ts";
import { setCookies } from "./headers.ts";

/** Creates the response of a Route Handler. Rethrows a redirect, because Next.js chooses its status. */
export async function respond(result: HandlerResult<Response>, edits: readonly HeaderEdit[]): Promise<Response> {
  if ("value" in result) return withEdits(result.value, edits);
  if (!isRedirect(result.error)) return respondToError(result.error, edits);
  await setCookies(edits);
  throw result.error;
}

/** Returns or throws the result of a Server Function. Next.js creates the response. */
export async function deliver<T>(result: HandlerResult<T>, edits: readonly HeaderEdit[]): Promise<T> {
  await setCookies(edits);
  return unwrap(result);
}

/**
 * Creates an error response, because that of Next.js would have neither the error's status nor the token of a session
 * saved before. Rethrows an error that needs neither, so that Next.js logs it and calls `onRequestError`.
 */
export function respondToError(error: unknown, edits: readonly HeaderEdit[]): Response {
  const fallback = fallbackStatus(error);
  if (fallback !== undefined) return withEdits(new Response(null, { status: fallback }), edits);
  const isUnknown = statusOf(error) === 500 && !SessionError.is(error);
  if (isUnknown && !edits.some(({ kind }) => kind === "cookie" || kind === "set")) throw error;
  const { body, status, headers } = errorResponse(error);
  return withEdits(new Response(body, { status, headers }), edits);
}

export function withEdits(response: Response, edits: readonly HeaderEdit[]): Response {
  // Next.js reports a value that is not a response. A network error (`Response.error()`) cannot be copied.
  if (edits.length === 0 || !isResponse(response) || response.status < 200) return response;
  const own = new Response(response.body, response);
  editHeaders(headersTarget(own.headers), edits);
  return own;
}
