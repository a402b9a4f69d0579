import { statusOf } from "../../core/http/error-response.ts";
import { FetchAnswer } from "../../core/http/fetch-response.ts";
import { editHeaders, headersTarget } from "../../core/http/header-edits.ts";
import { isError } from "../../core/language/shape.ts";
import type { Session } from "../../types/session.ts";
import type { SessionManager } from "../../types/sessions.ts";
import { commitAll, drop, type Mounting } from "../shared/fetch-response.ts";
import { hiddenStatus } from "./status.ts";

export interface MountOptions {
  /** Leave loading to `session.load()`, where only few handlers use the session. @default false */
  readonly lazy?: boolean | undefined;
}

/**
 * Sessions for TanStack Start, in the server part of a request middleware:
 *
 * ```ts
 * export const visit = createMiddleware({ type: "request" }).server(({ request, next }) =>
 *   withSession(sessions, request, (session) => next({ context: { session } })),
 * );
 * ```
 *
 * As `requestMiddleware` of `createStart()` it gives `context.session` to all server functions and server routes;
 * `sessions.get(getRequest())` is the same. The response leaves after the commit. An error of the commit is thrown, for
 * Start to answer with its status.
 */
export async function withSession<Data extends object, Result extends { readonly response: Response }>(
  sessions: SessionManager<Data>,
  request: Request,
  next: (session: Session<Data>) => Result | Promise<Result>,
  { lazy }: MountOptions = {},
): Promise<Result> {
  const known = sessions.tryGet(request);
  if (known) return next(known);
  const opened = await sessions.open(request, { carriers: [request], lazy });
  const others = mountings.get(request);
  const mounting: Mounting = others ?? { opened: [], edits: [] };
  mounting.opened.push(opened);
  mountings.set(request, mounting);
  return others ? next(opened.session) : committed(mounting, async () => next(opened.session));
}

/** The sessions of each request; those that are mounted further in are committed together with the first. */
const mountings = new WeakMap<Request, Mounting>();

async function committed<Result extends { readonly response: Response }>(
  mounting: Mounting,
  next: () => Promise<Result>,
): Promise<Result> {
  const result = await next().catch(async (error: unknown) => {
    await settle(mounting, statusOf(error));
    throw carrying(error, mounting);
  });
  const answer = new FetchAnswer(result.response);
  await settle(mounting, await hiddenStatus(result.response), answer);
  return { ...result, response: copied(result.response, answer.edited(mounting.edits)) };
}

async function settle(mounting: Mounting, status: number, answer?: FetchAnswer): Promise<void> {
  try {
    await commitAll(mounting, status, answer);
  } catch (failure) {
    if (answer) drop(answer.response);
    await commitAll(mounting, statusOf(failure));
    throw carrying(failure, mounting);
  }
}

/** The error with headers, which Start puts on its answer. Another object, as others may be answered with this one, too. */
function carrying(error: unknown, { edits }: Mounting): unknown {
  if (edits.length === 0 || !isError(error)) return error;
  const headers = new Headers((error as { headers?: HeadersInit }).headers);
  editHeaders(headersTarget(headers), edits);
  return Object.create(error, { headers: { value: headers } });
}

/** Start notes on a redirect where it leads, as `options`. */
function copied(response: Response, own: Response): Response {
  // By their names: symbols are what the runtime keeps of a response.
  return own === response ? own : Object.assign(own, Object.fromEntries(Object.entries(response)));
}
