import { frozen } from "../../core/language/guard.ts";
import { isPromise } from "../../crypto/awaitable.ts";
import { SessionError } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import type { OpenSession, SessionManager, Sessions } from "../../types/sessions.ts";
import { CurrentValue } from "../node/current.ts";

/** The methods that `withCurrent` adds to a manager. */
export interface CurrentSession<Data extends object> {
  /**
   * Returns the session of the current request, or of the current `edit()`.
   *
   * @throws SessionError SESSION_NOT_MOUNTED outside of both
   */
  current(): Session<Data>;
  /** Returns the current session, or `undefined` if there is none. */
  tryCurrent(): Session<Data> | undefined;
  /** Runs a function, and all asynchronous work it starts, with this session as the current one. */
  run<Result>(session: Session<Data>, fn: () => Result): Result;
}

/**
 * Makes the session available without the request: `const sessions = withCurrent(createSessions())`, then
 * `sessions.current()` anywhere. Works with every adapter, because all adapters open sessions through the manager, and
 * with `handle()` and `edit()`.
 *
 * Requires `AsyncLocalStorage` from `node:async_hooks`: Node, Bun, Deno, and Cloudflare Workers with `nodejs_compat`.
 */
export function withCurrent<Data extends object>(sessions: Sessions<Data>): Sessions<Data> & CurrentSession<Data>;
export function withCurrent<Data extends object>(
  sessions: SessionManager<Data>,
): SessionManager<Data> & CurrentSession<Data>;
export function withCurrent<Data extends object>(
  sessions: SessionManager<Data> & Partial<Pick<Sessions<Data>, "edit">>,
): SessionManager<Data> & CurrentSession<Data> {
  const current = new CurrentValue<Session<Data>>();
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
    `There is no current session "${name}" here. This code runs outside a request, or before its session was opened, or the framework lost the asynchronous context: sessions.run(session, fn) restores it.`,
  );
