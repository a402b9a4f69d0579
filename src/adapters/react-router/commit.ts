import { errorResponse, publicMessage, statusOf } from "../../core/http/error-response.ts";
import { FetchResponse } from "../../core/http/fetch-response.ts";
import { cancelBody, commitAll, type RequestSessions } from "../shared/fetch-response.ts";

type Next = () => Promise<Response>;

/** The sessions of one request. The outermost middleware commits them all. */
export interface MountedSessions extends RequestSessions {
  isClaimed: boolean;
  failure?: CommitFailure;
}

/** Returns the response after the commit. */
export async function commitAfter(mounted: MountedSessions, next: Next): Promise<Response> {
  mounted.isClaimed = true;
  const pending = new FetchResponse(await next());
  try {
    await commitAll(mounted, pending.response.status, pending);
  } catch (error) {
    cancelBody(pending.response);
    mounted.failure = new CommitFailure(error);
    throw mounted.failure;
  }
  return pending.edited(mounted.edits);
}

/** After an error, adds the headers for what was stored anyway to React Router's error response. */
export async function respondAfter(mounted: MountedSessions, next: Next): Promise<Response> {
  let response: Response;
  try {
    response = await next();
    if (!mounted.failure) return response;
    await commitAll(mounted, response.status);
  } catch (error) {
    // In a resource route React Router responds outside all middleware, where no token could be sent to the client.
    const status = mounted.failure?.status ?? 500;
    await commitAll(mounted, status);
    if (!mounted.edits.some(({ kind }) => kind === "cookie" || kind === "set")) throw error;
    const { body, headers } = errorResponse(mounted.failure ? mounted.failure.error : error);
    response = new Response(body, { status, headers });
  }
  return new FetchResponse(response).edited(mounted.edits);
}

/**
 * A failed commit in the form of a thrown Response: `isRouteErrorResponse()` returns true, the `ErrorBoundary` sees the
 * status and a sentence, and `handleError` can read the error.
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

  /** A getter of the prototype, so that React Router does not serialize it for the browser. */
  get error(): unknown {
    return this.#error;
  }
}
