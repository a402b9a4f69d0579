import { errorResponse } from "../../core/http/error-response.ts";
import { FetchAnswer } from "../../core/http/fetch-response.ts";
import { editHeaders, headersTarget } from "../../core/http/header-edits.ts";
import { SessionError } from "../../types/errors.ts";
import type { OpenSession } from "../../types/sessions.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { originalStatus } from "../shared/original-status.ts";

/** What GraphQL Yoga passes to the hook `onResponse` of a plugin. */
export interface YogaAnswer {
  readonly request: Request;
  readonly response: Response;
  /** Yoga brings its own `Response` to Node. */
  readonly fetchAPI: { readonly Response: typeof Response };
  setResponse(response: Response): void;
}

/** Commits, and adds the edits to the response. If the commit fails, replaces the response with the error. */
export async function commitAndRespond({ commit }: OpenSession<object>, answer: YogaAnswer): Promise<void> {
  const { request, response, fetchAPI } = answer;
  const status = originalStatus.get(request) ?? response.status;
  const pending = new FetchAnswer(response, fetchAPI.Response);
  try {
    const edits = await commit({ status, answer: pending });
    if (edits.length > 0 || pending.response !== response) edit(answer, pending.response, edits);
  } catch (error) {
    originalStatus.set(request, status);
    const failed = failure(error, answer);
    cancelBody(response.body);
    edit(answer, failed, await commit({ status: failed.status, error }));
  }
}

/** Cancels a body that will not be sent. On Node, some bodies of Yoga are not complete streams. */
function cancelBody(body: Partial<ReadableStream> | null): void {
  body?.cancel?.().catch(() => undefined);
}

/**
 * Creates a GraphQL error response. Keeps the cookies of the discarded response, which another manager may have set.
 */
function failure(error: unknown, { response, fetchAPI }: YogaAnswer): Response {
  const { status, headers, body } = errorResponse(error);
  const extensions = SessionError.is(error) ? { code: error.code } : {};
  const type = response.headers.get("content-type") ?? "";
  const answer = new fetchAPI.Response(JSON.stringify({ errors: [{ message: body.trim(), extensions }] }), {
    status,
    headers: { ...headers, "content-type": /\bjson\b/.test(type) ? type : "application/json; charset=utf-8" },
  });
  for (const line of response.headers.getSetCookie()) answer.headers.append("set-cookie", line);
  return answer;
}

function edit(answer: YogaAnswer, response: Response, edits: readonly HeaderEdit[]): void {
  const { body, status, statusText } = response;
  // Copied: on Node, Yoga's responses share the headers object they were created with.
  const headers = new Headers(response.headers);
  editHeaders(headersTarget(headers), edits);
  answer.setResponse(new answer.fetchAPI.Response(body, { status, statusText, headers }));
}
