import { errorAnswer } from "../core/error-answer.ts";
import { SessionError } from "../core/errors.ts";
import { editHeaders, headersTarget } from "../core/header-edits.ts";
import type { OpenSession } from "../core/sessions.ts";
import type { HeaderEdit } from "../core/transport.ts";

/** What GraphQL Yoga tells its plugins of an answer. */
export interface YogaAnswer {
  readonly request: Request;
  readonly response: Response;
  /** Yoga brings its own `Response` to Node. */
  readonly fetchAPI: { readonly Response: typeof Response };
  setResponse(response: Response): void;
}

/**
 * The status that the resolvers gave, where a failed commit replaced the response: the other sessions of the request are
 * not to be discarded for that.
 */
const intended = new WeakMap<Request, number>();

/** Commits, and puts what it says on the answer; the answer becomes the error's where that fails. */
export async function settle({ commit }: OpenSession<object>, answer: YogaAnswer): Promise<void> {
  const { request, response } = answer;
  const status = intended.get(request) ?? response.status;
  try {
    edit(answer, response, await commit({ status }));
  } catch (error) {
    intended.set(request, status);
    const failed = failure(error, answer);
    // Whatever feeds its body may close.
    response.body?.cancel().catch(() => undefined);
    edit(answer, failed, await commit({ status: failed.status, error }));
  }
}

/** The error as GraphQL has it. The response that is dropped may tell of what others stored: another manager's session. */
function failure(error: unknown, { response, fetchAPI }: YogaAnswer): Response {
  const { status, headers, body } = errorAnswer(error);
  const extensions = error instanceof SessionError ? { code: error.code } : {};
  const type = response.headers.get("content-type") ?? "";
  const answer = new fetchAPI.Response(JSON.stringify({ errors: [{ message: body.trim(), extensions }] }), {
    status,
    headers: { ...headers, "content-type": /\bjson\b/.test(type) ? type : "application/json; charset=utf-8" },
  });
  for (const line of response.headers.getSetCookie()) answer.headers.append("set-cookie", line);
  return answer;
}

function edit(answer: YogaAnswer, response: Response, edits: readonly HeaderEdit[]): void {
  // Made again, because the headers of a fetched one cannot be changed, and one that was may serve other visitors too.
  // Those that Yoga brings along can be changed, and their bodies cannot be handed on.
  const own = response instanceof Response && edits.length > 0 ? new Response(response.body, response) : response;
  editHeaders(headersTarget(own.headers), edits);
  answer.setResponse(own);
}
