import { errorResponse, publicMessage, statusOf } from "../../core/http/error-response.ts";
import { FetchAnswer } from "../../core/http/fetch-response.ts";
import { commitAll, drop, type Mounting } from "../shared/fetch-response.ts";

type Next = () => Promise<Response>;

/** The sessions of one request. Those that are mounted further in are committed together with the first. */
export interface MountedSessions extends Mounting {
  isClaimed: boolean;
  failure?: CommitFailure;
}

/** Lets the response leave after the commit. */
export async function commitAfter(visit: MountedSessions, next: Next): Promise<Response> {
  visit.isClaimed = true;
  const answer = new FetchAnswer(await next());
  try {
    await commitAll(visit, answer.response.status, answer);
  } catch (error) {
    drop(answer.response);
    visit.failure = new CommitFailure(error);
    throw visit.failure;
  }
  return answer.edited(visit.edits);
}

/** Has what was stored in spite of an error told to the client, on the response that React Router makes of the error. */
export async function answerAfter(visit: MountedSessions, next: Next): Promise<Response> {
  let response: Response;
  try {
    response = await next();
    if (!visit.failure) return response;
    await commitAll(visit, response.status);
  } catch (error) {
    // In a resource route React Router answers outside of all middleware, where the client could be given no token.
    const status = visit.failure?.status ?? 500;
    await commitAll(visit, status);
    if (!visit.edits.some(({ kind }) => kind === "cookie" || kind === "set")) throw error;
    const { body, headers } = errorResponse(visit.failure ? visit.failure.error : error);
    response = new Response(body, { status, headers });
  }
  return new FetchAnswer(response).edited(visit.edits);
}

/**
 * A failed commit, as React Router knows a Response that was thrown: `isRouteErrorResponse()` holds, the `ErrorBoundary` sees
 * status and sentence, `handleError` the error, too.
 */
class CommitFailure {
  readonly status: number;
  readonly statusText = "";
  readonly internal = false;
  readonly data: string;
  readonly #error: unknown;

  constructor(error: unknown) {
    this.status = statusOf(error);
    this.data = publicMessage(this.status);
    this.#error = error;
  }

  /** Not enumerable, so it is not sent to the browser. */
  get error(): unknown {
    return this.#error;
  }
}
