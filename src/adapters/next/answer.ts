import { errorResponse, statusOf } from "../../core/http/error-response.ts";
import { editHeaders, headersTarget } from "../../core/http/header-edits.ts";
import { isResponse } from "../../core/language/shape.ts";
import { SessionError } from "../../types/errors.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { type Ended, fallbackStatus, isRedirect, resultOf } from "./ended.ts";
import { setCookies } from "./headers.ts";

/** What a Route Handler answers. A redirect that was thrown is left to Next.js, which knows what status it is to have. */
export async function respond(ended: Ended<Response>, edits: readonly HeaderEdit[]): Promise<Response> {
  if ("value" in ended) return edited(ended.value, edits);
  if (!isRedirect(ended.error)) return answerThrown(ended.error, edits);
  await setCookies(edits);
  throw ended.error;
}

/** What a Server Function answers: Next.js makes the response. */
export async function deliver<T>(ended: Ended<T>, edits: readonly HeaderEdit[]): Promise<T> {
  await setCookies(edits);
  return resultOf(ended);
}

/**
 * Next.js would answer an error without its status, and without the token of what was saved before. What needs neither is
 * left to it, so that its own log and `onRequestError` know of it.
 */
export function answerThrown(error: unknown, edits: readonly HeaderEdit[]): Response {
  const fallback = fallbackStatus(error);
  if (fallback !== undefined) return edited(new Response(null, { status: fallback }), edits);
  const isUnknown = statusOf(error) === 500 && !SessionError.is(error);
  if (isUnknown && !edits.some(({ kind }) => kind === "cookie" || kind === "set")) throw error;
  const { body, status, headers } = errorResponse(error);
  return edited(new Response(body, { status, headers }), edits);
}

export function edited(response: Response, edits: readonly HeaderEdit[]): Response {
  // What is no response is for Next.js to complain of; a network error has no headers to speak of, and cannot be made again.
  if (edits.length === 0 || !isResponse(response) || response.status < 200) return response;
  const own = new Response(response.body, response);
  editHeaders(headersTarget(own.headers), edits);
  return own;
}
