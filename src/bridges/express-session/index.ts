import { type Callback, callBack } from "../../core/language/callback.ts";
import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { invalidOption, SessionError } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";
import type { KeyValueStore } from "../shared/access.ts";
import { bridge, checkPrefix } from "../shared/bridge.ts";
import { fromText, storageKey } from "../shared/envelope.ts";
import { rowOf, textOf } from "./row.ts";

/** The part of a store for express-session that the bridge uses: connect-redis, connect-pg-simple, memorystore and others. */
export interface ExpressSessionStore {
  get(sid: string, callback: Callback): unknown;
  set(sid: string, session: object, callback: Callback): unknown;
  destroy(sid: string, callback: Callback): unknown;
  /** Returns the ids of all sessions; not part of express-session, but cheaper than `all` if a store has it. */
  ids?(callback: Callback): unknown;
  /** Returns all sessions, as an array or by their ids. */
  all?(callback: Callback): unknown;
  /** Stores emit "disconnect" and "connect" when they lose and regain their server. */
  on?(event: "connect" | "disconnect", listener: () => void): unknown;
}

/** Options of `expressSessionStore()`. */
export interface ExpressSessionStoreOptions {
  /** Any store for express-session. It stays open when the sessions are closed. */
  readonly store: ExpressSessionStore;
  /** Begins every id, after the store's own prefix. @default "coatcheck-" */
  readonly prefix?: string | undefined;
}

const known: Known<ExpressSessionStoreOptions> = { store: true, prefix: true };

/**
 * Keeps sessions in a store that was made for express-session. Correct within one process; several processes that write
 * the same session at the same moment can undo each other's changes, because such stores cannot write conditionally.
 * The store determines what survives a restart.
 *
 * Sessions can be listed if the store has `all` or `ids`. The store itself deletes expired sessions.
 *
 * @example
 * const sessions = createSessions({ store: expressSessionStore({ store: new RedisStore({ client }) }) });
 *
 * @throws SessionError INVALID_OPTION
 */
export function expressSessionStore(options: ExpressSessionStoreOptions): SessionStore {
  checkKeys(options, known, "expressSessionStore()");
  const { store } = options;
  const prefix = checkPrefix(options.prefix ?? "coatcheck-");
  if (typeof store?.get !== "function" || typeof store.set !== "function" || typeof store.destroy !== "function") {
    throw invalidOption("store must be an instance of a store for express-session: new RedisStore(…), not the class.");
  }
  const connection = connectionStateOf(store);
  const call = async (run: (callback: Callback) => unknown): Promise<unknown> => {
    if (connection.isDown) throw disconnected();
    return callBack(run);
  };

  return bridge({
    name: "express-session",
    owner: store,
    prefix,
    cleaner: "store",
    values: {
      get: (sid) => call((callback) => store.get(sid, callback)).then(textOf, missingOrFailed),
      async set(sid, text, lifetime) {
        await call((callback) => store.set(sid, rowOf(text, lifetime), callback));
      },
      async delete(sid) {
        await call((callback) => store.destroy(sid, callback));
      },
      keys: keysIn(store, prefix, call),
    },
  });
}

interface ConnectionState {
  isDown: boolean;
}

const connectionStates = new WeakMap<ExpressSessionStore, ConnectionState>();

/** Returns the connection state of a store. Adds one pair of listeners per store, for any number of bridges. */
function connectionStateOf(store: ExpressSessionStore): ConnectionState {
  const known = connectionStates.get(store);
  if (known) return known;
  const connection = { isDown: false };
  connectionStates.set(store, connection);
  if (typeof store.on === "function") {
    store.on("disconnect", () => {
      connection.isDown = true;
    });
    store.on("connect", () => {
      connection.isDown = false;
    });
  }
  return connection;
}

function keysIn(
  store: ExpressSessionStore,
  prefix: string,
  call: (run: (callback: Callback) => unknown) => Promise<unknown>,
): KeyValueStore["keys"] {
  if (typeof store.ids === "function") {
    return async () => (await call((callback) => store.ids?.(callback))) as string[];
  }
  if (typeof store.all !== "function") return undefined;
  return async () => {
    const rows = Object.values(Object(await call((callback) => store.all?.(callback))));
    const records = rows.map((row) => fromText(textOf(row))).filter((record) => record !== undefined);
    return Promise.all(records.map((record) => storageKey(prefix, record)));
  };
}

/** File stores report ENOENT for a missing session. */
function missingOrFailed(error: unknown): undefined {
  if ((error as { code?: unknown } | undefined)?.code !== "ENOENT") throw error;
}

function disconnected(): SessionError {
  return new SessionError(
    "STORE_UNAVAILABLE",
    'The store for express-session emitted "disconnect" and no "connect" since, so it was not called, and nothing was written. Check its server.',
  );
}
