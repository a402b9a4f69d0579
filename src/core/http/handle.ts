import type { Session } from "../../types/session.ts";
import type { HandleOptions, OpenSession } from "../../types/sessions.ts";
import { isResponse } from "../language/shape.ts";
import { errorResponse } from "./error-response.ts";
import { FetchResponse } from "./fetch-response.ts";

type Handler<Data extends object> = (request: Request, session: Session<Data>) => Response | Promise<Response>;
type Respond = (error: unknown) => Promise<Response>;

/** Runs a handler and its commit. Turns every error into a response. */
export async function handleWith<Data extends object>(
  open: () => OpenSession<Data> | Promise<OpenSession<Data>>,
  request: Request,
  handler: Handler<Data>,
  onError: HandleOptions["onError"],
): Promise<Response> {
  const respond: Respond = async (error) => {
    try {
      if (onError) return checkedResponse("onError", await onError(error, request));
    } catch (failure) {
      return plainResponse(failure);
    }
    return plainResponse(error);
  };
  let opened: OpenSession<Data>;
  try {
    opened = await open();
  } catch (error) {
    return respond(error);
  }
  const handled = await run(() => handler(request, opened.session), respond);
  try {
    return await committed(opened, handled);
  } catch (failure) {
    try {
      return await replaced(opened, handled.response, failure, await respond(failure));
    } catch {
      // Also for the error's response the commit failed, as with a transport that cannot clear its token.
      return plainResponse(failure);
    }
  }
}

interface Handled {
  readonly response: Response;
  /** What the handler threw, if it did. */
  readonly error?: unknown;
}

async function run(handler: () => Response | Promise<Response>, respond: Respond): Promise<Handled> {
  try {
    return { response: checkedResponse("handler", await handler()) };
  } catch (error) {
    return { response: isResponse(error) ? error : await respond(error), error };
  }
}

function checkedResponse(name: string, response: unknown): Response {
  if (isResponse(response)) return response;
  throw new TypeError(`The ${name} given to handle() must return a Response and returned ${typeof response}.`);
}

/**
 * The handler's own status, for responses that replace the handler's after a failed commit. With nested calls of
 * `handle`, the outer session must not be discarded because the inner one could not be stored.
 */
const originalStatus = new WeakMap<Response, number>();

const statusOfHandler = (response: Response): number => originalStatus.get(response) ?? response.status;

async function committed(opened: OpenSession<object>, { response, error }: Handled): Promise<Response> {
  const pending = new FetchResponse(response);
  const edits = await opened.commit({ status: statusOfHandler(response), error, response: pending });
  return pending.edited(edits);
}

/**
 * Responds to a failed commit. Keeps the cookies of the dropped response: another manager may have stored its session.
 */
async function replaced(
  opened: OpenSession<object>,
  dropped: Response,
  failure: unknown,
  response: Response,
): Promise<Response> {
  const own = new Response(response.body, response);
  for (const line of dropped.headers.getSetCookie()) own.headers.append("set-cookie", line);
  const last = await committed(opened, { response: own, error: failure });
  originalStatus.set(last, statusOfHandler(dropped));
  // Cancel the unused body, so that its source is released.
  if (!dropped.bodyUsed) dropped.body?.cancel().catch(() => undefined);
  return last;
}

function plainResponse(error: unknown): Response {
  const { body, status, headers } = errorResponse(error);
  return new Response(body, { status, headers });
}
