import type { ReadonlySession, Session } from "../../types/session.ts";
import type { SessionManager } from "../../types/sessions.ts";
import { deliver, respond } from "./answer.ts";
import { forward, goOn } from "./forward.ts";
import { readonlySession } from "./readonly.ts";
import { look, run } from "./request-sessions.ts";

/** A session in each of the places where Next.js runs an application's code. */
export interface NextSession<Data extends object> {
  /** A Route Handler: `export const GET = route((session, request) => Response.json(session.get("cart")))`. */
  route<Req extends Request = Request, Context = unknown>(
    handler: (session: Session<Data>, request: Req, context: Context) => Response | Promise<Response>,
  ): (request: Req, context: Context) => Promise<Response>;
  /** A Server Function: `export const signIn = action(async (session, form: FormData) => { … })`. */
  action<Args extends unknown[], Result>(
    fn: (session: Session<Data>, ...args: Args) => Result | Promise<Result>,
  ): (...args: Args) => Promise<Result>;
  /**
   * The session in a Server Component, or wherever it is only looked at. All components of a page share one load. With
   * `cacheComponents` it belongs into `<Suspense>`: nothing that follows is rendered ahead of a visit.
   *
   * @throws SessionError NOT_SUPPORTED where a change is tried all the same: a page that renders cannot set a cookie
   */
  read(): Promise<ReadonlySession<Data>>;
  /**
   * `proxy.ts`: `export default proxy()`, or with a handler that may change the session and may answer. The page that
   * renders next sees the changes. It moves the idle limit of visitors who only look at pages.
   */
  proxy<Req extends Request = Request, Event = unknown>(
    handler?: (session: Session<Data>, request: Req, event: Event) => Reply | Promise<Reply>,
  ): (request: Req, event: Event) => Promise<Response>;
}

// biome-ignore lint/suspicious/noConfusingVoidType: a handler may return nothing
type Reply = Response | undefined | void;

/**
 * Sessions for the App Router of Next.js: `export const { route, action, read, proxy } = nextSession(sessions)`.
 *
 * A handler gets the session first, then what Next.js hands over. The response leaves after the commit; `redirect()` and
 * `notFound()` keep the changes. Handlers may call each other: they share the session, and the outermost one commits.
 */
export function nextSession<Data extends object>(sessions: SessionManager<Data>): NextSession<Data> {
  return {
    route: (handler) => (request, context) =>
      run(sessions, request, (session) => handler(session, request, context), respond),
    action:
      (fn) =>
      (...args) =>
        run(sessions, undefined, (session) => fn(session, ...args), deliver),
    read: async () => readonlySession(await look(sessions)),
    proxy: (handler) => (request, event) =>
      run(sessions, request, async (session) => (await handler?.(session, request, event)) ?? goOn(), forward),
  };
}
