import type { ReadonlySession, Session } from "../../types/session.ts";
import type { SessionManager } from "../../types/sessions.ts";
import { forward, passThrough } from "./forward.ts";
import { readonlySession } from "./readonly.ts";
import { peek, run } from "./request-sessions.ts";
import { deliver, respond } from "./respond.ts";

/** The session for each place where Next.js runs an application's code. */
export interface NextSession<Data extends object> {
  /** Wraps a Route Handler: `export const GET = route((session, request) => Response.json(session.get("cart")))`. */
  route<Req extends Request = Request, Context = unknown>(
    handler: (session: Session<Data>, request: Req, context: Context) => Response | Promise<Response>,
  ): (request: Req, context: Context) => Promise<Response>;
  /** Wraps a Server Function: `export const signIn = action(async (session, form: FormData) => { … })`. */
  action<Args extends unknown[], Result>(
    fn: (session: Session<Data>, ...args: Args) => Result | Promise<Result>,
  ): (...args: Args) => Promise<Result>;
  /**
   * Returns the read-only session, for Server Components. All components of a page share one load. With
   * `cacheComponents`, use it inside `<Suspense>`: what follows it is not prerendered.
   *
   * @throws SessionError NOT_SUPPORTED on a change: a rendering page cannot set a cookie
   */
  read(): Promise<ReadonlySession<Data>>;
  /**
   * Creates a `proxy.ts`: `export default proxy()`, or with a handler that may change the session and may respond. The
   * page that renders next sees the changes. It restarts the idle timeout of users who only read pages.
   */
  proxy<Req extends Request = Request, Event = unknown>(
    handler?: (session: Session<Data>, request: Req, event: Event) => Reply | Promise<Reply>,
  ): (request: Req, event: Event) => Promise<Response>;
}

// biome-ignore lint/suspicious/noConfusingVoidType: a handler may return nothing
type Reply = Response | undefined | void;

/**
 * Returns the session functions for the App Router of Next.js:
 * `export const { route, action, read, proxy } = nextSession(sessions)`.
 *
 * A handler receives the session first, then the arguments of Next.js. The response is sent after the commit;
 * `redirect()` and `notFound()` keep the changes. Handlers may call each other: they share the session, and the
 * outermost one commits.
 */
export function nextSession<Data extends object>(sessions: SessionManager<Data>): NextSession<Data> {
  return {
    route: (handler) => (request, context) =>
      run(sessions, request, (session) => handler(session, request, context), respond),
    action:
      (fn) =>
      (...args) =>
        run(sessions, undefined, (session) => fn(session, ...args), deliver),
    read: async () => readonlySession(await peek(sessions)),
    proxy: (handler) => (request, event) =>
      run(sessions, request, async (session) => (await handler?.(session, request, event)) ?? passThrough(), forward),
  };
}
