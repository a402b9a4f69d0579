import type { Callback } from "../../core/language/callback.ts";
import { createSessions } from "../../create-sessions.ts";
import type { Sessions } from "../../types/sessions.ts";
import type { SessionStore } from "../../types/store.ts";
import type { SessionRow } from "../express-session/session.ts";
import type { Store } from "../express-session/store.ts";
import { NativeSessions } from "./native-sessions.ts";
import { checkNativeOptions, type NativeStoreOptions, plainUserId } from "./options.ts";
import { sidTransport } from "./sid-head.ts";
import type { TextData } from "./visit.ts";

export type { Callback } from "../../core/language/callback.ts";
export type { Session, SessionRow } from "../express-session/session.ts";
export type { Store } from "../express-session/store.ts";
export type { RequestSession, SessionRequest } from "../express-session/types.ts";
export type { NativeStoreOptions } from "./options.ts";

/** A store for `coatcheck/express-session` on a store of this package. */
export interface NativeStore extends Store {
  /** Lists, counts and ends the sessions, by their users too. Their ids are not those of the cookies, which open them. */
  readonly sessions: Pick<
    Sessions,
    "find" | "list" | "revoke" | "revokeAll" | "destroyAll" | "prune" | "count" | "observe" | "policy" | "close"
  >;
  /** Returns the id of a session in `sessions` for the id in its cookie, `req.sessionID`. */
  idOf(sid: string): Promise<string>;
  get(sid: string, callback: (error: unknown, row?: SessionRow) => void): void;
  set(sid: string, session: object, callback?: Callback): void;
  touch(sid: string, session: object, callback?: Callback): void;
  destroy(sid: string, callback?: Callback): void;
}

/**
 * Keeps the sessions of `coatcheck/express-session` in a store of this package: the same `req.session` and the same
 * cookie, and parallel requests keep each other's changes, by key; a session that has ended does not come back; the store
 * holds nothing that opens a session; and the sessions of a user can be listed and ended.
 *
 * @example
 * const store = nativeStore(postgresStore({ client: pool }));
 * app.use(session({ secret, store, resave: false, saveUninitialized: false }));
 *
 * await store.sessions.revokeAll("user-17", { except: await store.idOf(req.sessionID) });
 *
 * @throws SessionError INVALID_OPTION
 */
export function nativeStore(store: SessionStore, options: NativeStoreOptions = {}): NativeStore {
  checkNativeOptions(store, options);
  const { userId = plainUserId, absoluteTimeout = false, namespace = "connect.sid", ...others } = options;
  const text = (value: unknown): unknown => value;
  const sessions = createSessions<TextData>({
    ...others,
    name: "connect.sid",
    namespace,
    absoluteTimeout,
    store,
    transports: [sidTransport],
    codec: { encode: text as (value: unknown) => string, decode: text },
  });
  return new NativeSessions(sessions, userId);
}
