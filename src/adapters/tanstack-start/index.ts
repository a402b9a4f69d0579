import { statusOf } from "../../core/http/error-response.ts";
import { FetchResponse } from "../../core/http/fetch-response.ts";
import { editHeaders, headersTarget } from "../../core/http/header-edits.ts";
import type { Known } from "../../core/language/known-keys.ts";
import { isError } from "../../core/language/shape.ts";
import type { Session } from "../../types/session.ts";
import type { SessionManager } from "../../types/sessions.ts";
import { cancelBody, commitAll, type RequestSessions } from "../shared/fetch-response.ts";
import { checkMount } from "../shared/mount-options.ts";
import { hiddenStatus } from "./status.ts";

/** Options for mounting a session. */
export interface MountOptions {
  /** Loads the session only in `session.load()`. For applications where few handlers use it. @default false */
  readonly lazy?: boolean | undefined;
}

const mountKeys: Known<MountOptions> = { lazy: true };

/**
 * Runs the rest of a request with a session, in the server part of a TanStack Start request middleware:
 *
 * ```ts
 * export const visit = createMiddleware({ type: "request" }).server(({ request, next }) =>
 *   withSession(sessions, request, (session) => next({ context: { session } })),
 * );
 * ```
 *
 * As `requestMiddleware` of `createStart()` it adds `context.session` to all server functions and server routes;
 * `sessions.get(getRequest())` returns the same session. The response is sent after the commit. An error of the commit
 * is thrown, for Start to respond with its status.
 */
export async function withSession<Data extends object, Result extends { readonly response: Response }>(
  sessions: SessionManager<Data>,
  request: Request,
  next: (session: Session<Data>) => Result | Promise<Result>,
  options: MountOptions = {},
): Promise<Result> {
  checkMount(sessions, options, mountKeys, "withSession()");
  const { lazy } = options;
  const known = sessions.tryGet(request);
  if (known) return next(known);
  const opened = await sessions.open(request, { carriers: [request], lazy });
  const others = sessionsByRequest.get(request);
  const mounted: RequestSessions = others ?? { opened: [], edits: [] };
  mounted.opened.push(opened);
  sessionsByRequest.set(request, mounted);
  return others ? next(opened.session) : committed(mounted, async () => next(opened.session));
}

/** The sessions of each request. The outermost middleware commits them all. */
const sessionsByRequest = new WeakMap<Request, RequestSessions>();

async function committed<Result extends { readonly response: Response }>(
  mounted: RequestSessions,
  next: () => Promise<Result>,
): Promise<Result> {
  const result = await next().catch(async (error: unknown) => {
    await commitWithFallback(mounted, statusOf(error));
    throw withEdits(error, mounted);
  });
  const pending = new FetchResponse(result.response);
  await commitWithFallback(mounted, await hiddenStatus(result.response), pending);
  return { ...result, response: copied(result.response, pending.edited(mounted.edits)) };
}

async function commitWithFallback(mounted: RequestSessions, status: number, pending?: FetchResponse): Promise<void> {
  try {
    await commitAll(mounted, status, pending);
  } catch (failure) {
    if (pending) cancelBody(pending.response);
    await commitAll(mounted, statusOf(failure));
    throw withEdits(failure, mounted);
  }
}

/** Returns the error with headers for its response. A new object, because other requests may throw the same error. */
function withEdits(error: unknown, { edits }: RequestSessions): unknown {
  if (edits.length === 0 || !isError(error)) return error;
  const headers = new Headers((error as { headers?: HeadersInit }).headers);
  editHeaders(headersTarget(headers), edits);
  return Object.create(error, { headers: { value: headers } });
}

/** Copies own properties: Start marks redirects with a property `options`. */
function copied(response: Response, own: Response): Response {
  // String keys only: symbol keys belong to the runtime.
  return own === response ? own : Object.assign(own, Object.fromEntries(Object.entries(response)));
}
