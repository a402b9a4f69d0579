import { milliseconds } from "../../../core/config/duration.ts";
import { guardObject, type Hints } from "../../../core/language/guard.ts";
import { gone, SessionError } from "../../../types/errors.ts";
import type { Duration, ReadonlySession, Session } from "../../../types/session.ts";
import type { EditOptions, Sessions } from "../../../types/sessions.ts";
import type { RequestHead } from "../../../types/transport.ts";
import { isOwnPage, refusal } from "./refusal.ts";
import { type SessionEnd, SocketWatch } from "./watch.ts";

export type { SessionEnd } from "./watch.ts";

/**
 * The session of a socket. It has no `get()`, because what the session held when the socket was opened is soon out of
 * date: `edit` shows it as it is now.
 */
export interface SocketSession<Data extends object> {
  readonly id: string;
  /** Never changes: a socket ends with the login that it began under. */
  readonly userId: string | undefined;
  /** Aborted when the session ends, with a `SessionEnd` as its reason. */
  readonly ended: AbortSignal;
  /**
   * Works on the session as it is now: what a message changes is committed once. It counts as a visit, unless `seen` is false.
   *
   * @throws SessionError SESSION_GONE when the session has ended, and the store's errors
   */
  edit<T>(fn: (session: Session<Data>) => T | Promise<T>, options?: EditOptions): Promise<T>;
}

export interface SocketOptions<Data extends object> {
  /** Who may connect; others are refused with 401, as those without a session are. @default everybody who has a session */
  readonly authorize?: ((session: ReadonlySession<Data>) => boolean | Promise<boolean>) | undefined;
  /**
   * The origins whose pages may connect, such as `["https://shop.example"]`. Browsers let every page open sockets to every
   * server, with its cookies. @default the host that the request names
   */
  readonly origins?: readonly string[] | undefined;
  /** How often it is asked whether the session still lives, because another process may have ended it. @default "30s" */
  readonly recheck?: Duration | undefined;
}

/** A socket's session, and what an adapter does with it. */
export interface Admitted<Data extends object> {
  readonly session: SocketSession<Data>;
  /** Watches the session; `tell` is called once, when it ends. The result ends the watch. */
  watch(tell: (end: SessionEnd) => void): () => void;
}

/** Checks the request that a socket begins with. Throws what has a `status`. */
export type Admit<Data extends object> = (head: RequestHead) => Promise<Admitted<Data>>;

export function admission<Data extends object>(
  sessions: Sessions<Data>,
  { authorize = () => true, origins, recheck = "30s" }: SocketOptions<Data>,
): Admit<Data> {
  const watch = new SocketWatch(sessions, milliseconds(recheck, "recheck"));
  return async (head) => {
    if (!isOwnPage(head, origins)) throw refusal(403);
    // Under no carrier, and closed at once: nobody stores what would be written to it.
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
  // Servers send `socket.data` to each other, and logs print it.
  Object.defineProperty(members, "toJSON", { value: () => ({ id, userId }), configurable: true });
  return {
    session: guardObject(members, socketHints),
    watch: (tell) =>
      watch.add(id, epoch, (end) => {
        controller.abort(end);
        tell(end);
      }),
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
