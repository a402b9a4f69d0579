import { milliseconds } from "../../../core/config/duration.ts";
import { guardObject, type Hints } from "../../../core/language/guard.ts";
import type { Known } from "../../../core/language/known-keys.ts";
import type { EditOptions } from "../../../types/administration.ts";
import { gone, SessionError } from "../../../types/errors.ts";
import type { Duration } from "../../../types/limits.ts";
import type { ReadonlySession, Session } from "../../../types/session.ts";
import type { Sessions } from "../../../types/sessions.ts";
import type { RequestHead } from "../../../types/transport.ts";
import { isAllowedOrigin, refusal } from "./refusal.ts";
import { type SessionEnd, SocketWatch } from "./watch.ts";

export type { SessionEnd } from "./watch.ts";

/**
 * The session of a socket. It has no `get()`, because the data that was loaded with the socket is soon out of date.
 * `edit` loads the current data.
 */
export interface SocketSession<Data extends object> {
  readonly id: string;
  /** Never changes: a socket ends with the login under which it was opened. */
  readonly userId: string | undefined;
  /** Aborted when the session ends, with a `SessionEnd` as its reason. */
  readonly ended: AbortSignal;
  /**
   * Loads the session, runs the function, and commits its changes. Restarts the idle timeout, unless `touch` is false.
   *
   * @throws SessionError SESSION_GONE if the session has ended; errors of the store
   */
  edit<T>(fn: (session: Session<Data>) => T | Promise<T>, options?: EditOptions): Promise<T>;
}

/** Options for the sessions of sockets. */
export interface SocketOptions<Data extends object> {
  /** Decides who may connect. Others get 401, like clients without a session. @default every client with a session */
  readonly authorize?: ((session: ReadonlySession<Data>) => boolean | Promise<boolean>) | undefined;
  /**
   * The origins whose pages may connect, such as `["https://shop.example"]`. Browsers let any page open sockets to any
   * server, with that server's cookies. @default the host of the request
   */
  readonly origins?: readonly string[] | undefined;
  /** How often the store is asked whether another process has ended the session. @default "30s" */
  readonly recheck?: Duration | undefined;
}

export const socketKeys: Known<SocketOptions<never>> = { authorize: true, origins: true, recheck: true };

/** An accepted socket's session, and the watch that ends the socket with it. */
export interface Admitted<Data extends object> {
  readonly session: SocketSession<Data>;
  /** Watches the session and calls `onEnd` once, when it ends. Returns a function that stops the watch. */
  watch(onEnd: (end: SessionEnd) => void): () => void;
}

/** Checks the request that opens a socket. Throws an error with a `status` if it is refused. */
export type Admit<Data extends object> = (head: RequestHead) => Promise<Admitted<Data>>;

export function admission<Data extends object>(
  sessions: Sessions<Data>,
  { authorize = () => true, origins, recheck = "30s" }: SocketOptions<Data>,
): Admit<Data> {
  const watch = new SocketWatch(sessions, milliseconds(recheck, "recheck"));
  return async (head) => {
    if (!isAllowedOrigin(head, origins)) throw refusal(403);
    // Opened without a carrier and committed at once with a status that discards changes: it is only read.
    const { session, commit } = await sessions.open(head, { carriers: [] });
    const isLetIn = !session.isNew && (await authorize(session));
    await commit({ status: 500 });
    if (!isLetIn) throw refusal(401);
    return admitted(sessions, session, watch);
  };
}

function admitted<Data extends object>(
  sessions: Sessions<Data>,
  { id, userId, epoch }: ReadonlySession<Data>,
  watch: SocketWatch,
): Admitted<Data> {
  const controller = new AbortController();
  const members: SocketSession<Data> = {
    id,
    userId,
    ended: controller.signal,
    edit: async (fn, { touch = true } = {}) => {
      if (controller.signal.aborted) throw gone();
      try {
        return await sessions.edit(id, (now) => (now.epoch === epoch ? fn(now) : Promise.reject(gone())), { touch });
      } catch (error) {
        if (SessionError.is(error) && error.code === "SESSION_GONE") void watch.check(id);
        throw error;
      }
    },
  };
  // Servers send `socket.data` to each other, and loggers print it.
  Object.defineProperty(members, "toJSON", { value: () => ({ id, userId }), configurable: true });
  return {
    session: guardObject(members, socketHints),
    watch: (onEnd) => {
      const stop = watch.add(id, epoch, (end) => {
        controller.abort(end);
        onEnd(end);
      });
      // The session may have ended since it was opened, for instance while `authorize` ran.
      void watch.check(id);
      return stop;
    },
  };
}

const socketHints: Hints = {
  assigned: (name) =>
    `"${name}" was not assigned: the session of a socket has no properties of its own, and nothing was stored. Use edit((session) => session.set("${name}", value)), or session.destroy() in there to sign out.`,
  deleted: (name) =>
    `"${name}" was not deleted: the session of a socket has no properties of its own. Use edit((session) => session.delete("${name}")).`,
  read: (name) =>
    `The session of a socket has no property "${name}", so this would be undefined whatever is stored. Use edit((session) => session.get("${name}")).`,
};
