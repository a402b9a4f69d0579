import { frozen } from "../../core/language/guard.ts";
import { isPromise } from "../../crypto/awaitable.ts";
import { SessionError } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import type { OpenSession, SessionManager, Sessions } from "../../types/sessions.ts";
import { Current } from "../node/current.ts";

/** What `withCurrent` adds to a manager. */
export interface CurrentSession<Data extends object> {
  /**
   * The session of the request, or of the `edit()`, that this code runs for.
   *
   * @throws SessionError SESSION_NOT_MOUNTED outside of them
   */
  current(): Session<Data>;
  tryCurrent(): Session<Data> | undefined;
  /** Runs a function, and all that it starts, with this session as the current one. */
  run<Result>(session: Session<Data>, fn: () => Result): Result;
}

/**
 * Lets code without the request at hand find the session: `const sessions = withCurrent(createSessions())`, then
 * `sessions.current()` anywhere. It holds for every adapter, because all of them open their sessions by this manager,
 * and for `handle()` and `edit()`.
 *
 * Needs `AsyncLocalStorage` of `node:async_hooks`: Node, Bun, Deno, and Cloudflare's workers with `nodejs_compat`.
 */
export function withCurrent<Data extends object>(sessions: Sessions<Data>): Sessions<Data> & CurrentSession<Data>;
export function withCurrent<Data extends object>(
  sessions: SessionManager<Data>,
): SessionManager<Data> & CurrentSession<Data>;
export function withCurrent<Data extends object>(
  sessions: SessionManager<Data> & Partial<Pick<Sessions<Data>, "edit">>,
): SessionManager<Data> & CurrentSession<Data> {
  const current = new Current<Session<Data>>();
  const { edit } = sessions;
  return frozen({
    ...sessions,
    open: (request, options) => {
      const enter = current.enter();
      const keep = (opened: OpenSession<Data>): OpenSession<Data> => {
        enter(opened.session);
        return opened;
      };
      const opened = sessions.open(request, options);
      return isPromise(opened) ? opened.then(keep) : keep(opened);
    },
    handle: (request, handler, options) =>
      sessions.handle(request, (req, session) => current.run(session, () => handler(req, session)), options),
    ...(edit &&
      ({
        edit: (id, fn, options) => edit(id, (session) => current.run(session, () => fn(session)), options),
      } satisfies Pick<Sessions<Data>, "edit">)),
    current: () => {
      const session = current.get();
      if (session) return session;
      throw noCurrent(sessions.name);
    },
    tryCurrent: () => current.get(),
    run: (session, fn) => current.run(session, fn),
  });
}

const noCurrent = (name: string): SessionError =>
  new SessionError(
    "SESSION_NOT_MOUNTED",
    `There is no current session "${name}" here. This code runs for no request, or before its session was opened, or the framework lost the context on the way: sessions.run(session, fn) gives it back.`,
  );
