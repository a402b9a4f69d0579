import { SessionError } from "./errors.ts";
import { editHeaders, headersTarget } from "./header-edits.ts";
import type { Session } from "./session.ts";
import type { HandleOptions, OpenSession } from "./sessions.ts";

type Handler<Data extends object> = (request: Request, session: Session<Data>) => Response | Promise<Response>;

/** Runs a handler and its commit, and makes a response of whatever happens. */
export async function handleWith<Data extends object>(
  open: () => OpenSession<Data> | Promise<OpenSession<Data>>,
  request: Request,
  handler: Handler<Data>,
  { onError = answerError }: HandleOptions,
): Promise<Response> {
  let opened: OpenSession<Data>;
  try {
    opened = await open();
  } catch (error) {
    return onError(error, request);
  }
  let response: Response;
  let error: unknown;
  try {
    response = await handler(request, opened.session);
  } catch (thrown) {
    error = thrown;
    response = thrown instanceof Response ? thrown : await onError(thrown, request);
  }
  try {
    return await committed(opened, response, error);
  } catch (failure) {
    const answer = withCookiesOf(response, await onError(failure, request));
    const last = await committed(opened, answer, failure);
    intended.set(last, statusOfHandler(response));
    return last;
  }
}

/**
 * The status that the handler gave, of responses that a failed commit replaced. Where `handle` stands in a `handle`, the
 * outer session is not to be discarded because the inner one could not be stored.
 */
const intended = new WeakMap<Response, number>();

const statusOfHandler = (response: Response): number => intended.get(response) ?? response.status;

async function committed(opened: OpenSession<object>, response: Response, error: unknown): Promise<Response> {
  const edits = await opened.commit({ status: statusOfHandler(response), error });
  if (edits.length === 0) return response;
  // A response that was fetched or made by Response.redirect() has headers that cannot be changed.
  const own = new Response(response.body, response);
  editHeaders(headersTarget(own.headers), edits);
  return own;
}

/** The answer that was dropped may tell of what others stored: another manager's session, for one. */
function withCookiesOf(dropped: Response, answer: Response): Response {
  const lines = dropped.headers.getSetCookie();
  if (lines.length === 0) return answer;
  const own = new Response(answer.body, answer);
  for (const line of lines) own.headers.append("set-cookie", line);
  return own;
}

/** Says no more to the client than the status does. */
function answerError(error: unknown): Response {
  const status = statusOf(error);
  if (!(error instanceof SessionError) && status >= 500) console.error(error);
  const headers = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
  return new Response(`${sentences[status] ?? "The request failed."}\n`, { status, headers });
}

const sentences: Readonly<Record<number, string>> = {
  409: "Your session ended meanwhile. Please start again.",
  429: "You are signed in too many times. Please sign out elsewhere first.",
  500: "Something went wrong here.",
  503: "The service is not available at the moment. Please try again.",
};

function statusOf(error: unknown): number {
  const { status, statusCode } = Object(error) as { status?: unknown; statusCode?: unknown };
  const given = typeof status === "number" ? status : statusCode;
  return typeof given === "number" && given >= 400 && given <= 599 ? given : 500;
}
