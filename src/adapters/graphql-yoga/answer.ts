import { errorResponse } from "../../core/http/error-response.ts";
import { FetchAnswer } from "../../core/http/fetch-response.ts";
import { editHeaders, headersTarget } from "../../core/http/header-edits.ts";
import { SessionError } from "../../types/errors.ts";
import type { OpenSession } from "../../types/sessions.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { originalStatus } from "../shared/original-status.ts";

/** What GraphQL Yoga tells its plugins of an answer. */
export interface YogaAnswer {
  readonly request: Request;
  readonly response: Response;
  /** Yoga brings its own `Response` to Node. */
  readonly fetchAPI: { readonly Response: typeof Response };
  setResponse(response: Response): void;
}

/** Commits, and puts what it says on the answer; the answer becomes the error's where that fails. */
export async function settle({ commit }: OpenSession<object>, answer: YogaAnswer): Promise<void> {
  const { request, response, fetchAPI } = answer;
  const status = originalStatus.get(request) ?? response.status;
  const pending = new FetchAnswer(response, fetchAPI.Response);
  try {
    const edits = await commit({ status, answer: pending });
    if (edits.length > 0 || pending.response !== response) edit(answer, pending.response, edits);
  } catch (error) {
    originalStatus.set(request, status);
    const failed = failure(error, answer);
    drop(response.body);
    edit(answer, failed, await commit({ status: failed.status, error }));
  }
}

/** Lets whatever feeds a body close. Not every body that Yoga brings along to Node is a whole stream. */
function drop(body: Partial<ReadableStream> | null): void {
  body?.cancel?.().catch(() => undefined);
}

/** The error as GraphQL has it. The response that is dropped may tell of what others stored: another manager's session. */
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
  // Made again: on Node, Yoga's responses share the headers that they were made with, and others may be made with the same.
  const headers = new Headers(response.headers);
  editHeaders(headersTarget(headers), edits);
  answer.setResponse(new answer.fetchAPI.Response(body, { status, statusText, headers }));
}
