import { errorResponse } from "../../core/http/error-response.ts";
import { FetchResponse } from "../../core/http/fetch-response.ts";
import { editHeaders, headersTarget } from "../../core/http/header-edits.ts";
import { SessionError } from "../../types/errors.ts";
import type { OpenSession } from "../../types/sessions.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { originalStatus } from "../shared/original-status.ts";

/** What GraphQL Yoga passes to the hook `onResponse` of a plugin. */
export interface YogaResponse {
  readonly request: Request;
  readonly response: Response;
  /** Yoga brings its own `Response` to Node. */
  readonly fetchAPI: { readonly Response: typeof Response };
  setResponse(response: Response): void;
}

/** Commits, and adds the edits to the response. If the commit fails, replaces the response with the error. */
export async function commitAndRespond({ commit }: OpenSession<object>, event: YogaResponse): Promise<void> {
  const { request, response, fetchAPI } = event;
  const status = originalStatus.get(request) ?? response.status;
  const pending = new FetchResponse(response, fetchAPI.Response);
  try {
    const edits = await commit({ status, response: pending });
    if (edits.length > 0 || pending.response !== response) edit(event, pending.response, edits);
  } catch (error) {
    originalStatus.set(request, status);
    const failed = failure(error, event);
    cancelBody(response.body);
    edit(event, failed, await commit({ status: failed.status, error }));
  }
}

/** Cancels a body that will not be sent. On Node, some bodies of Yoga are not complete streams. */
function cancelBody(body: Partial<ReadableStream> | null): void {
  body?.cancel?.().catch(() => undefined);
}

/**
 * Creates a GraphQL error response. Keeps the cookies of the discarded response, which another manager may have set.
 */
function failure(error: unknown, { response, fetchAPI }: YogaResponse): Response {
  const { status, headers, body } = errorResponse(error);
  const extensions = SessionError.is(error) ? { code: error.code } : {};
  const type = response.headers.get("content-type") ?? "";
  const own = new fetchAPI.Response(JSON.stringify({ errors: [{ message: body.trim(), extensions }] }), {
    status,
    headers: { ...headers, "content-type": /\bjson\b/.test(type) ? type : "application/json; charset=utf-8" },
  });
  for (const line of response.headers.getSetCookie()) own.headers.append("set-cookie", line);
  return own;
}

function edit(event: YogaResponse, response: Response, edits: readonly HeaderEdit[]): void {
  const { body, status, statusText } = response;
  // Copied: on Node, Yoga's responses share the headers object they were created with.
  const headers = new Headers(response.headers);
  editHeaders(headersTarget(headers), edits);
  event.setResponse(new event.fetchAPI.Response(body, { status, statusText, headers }));
}
