import type { Callback } from "../../core/language/callback.ts";
import { inherit } from "./inherit.ts";
import type { SessionRow } from "./session.ts";
import { Store } from "./store.ts";
import type { RequestSession } from "./types.ts";

type RowsCallback = (error: unknown, rows?: Record<string, SessionRow>) => void;

/** Keeps sessions in this process, as text. For development and tests: they end with the process. */
export interface MemoryStore extends Store {
  readonly sessions: Record<string, string>;
  get(sid: string, callback: (error: unknown, row?: SessionRow) => void): void;
  set(sid: string, session: RequestSession, callback?: Callback): void;
  touch(sid: string, session: RequestSession, callback?: Callback): void;
  destroy(sid: string, callback?: Callback): void;
  all(callback: RowsCallback): void;
  length(callback: (error: unknown, count?: number) => void): void;
  clear(callback?: Callback): void;
}

/** With `new`, by `extends` or by `MemoryStore.call(this)`. */
export interface MemoryStoreConstructor {
  new (): MemoryStore;
  (this: unknown): void;
  readonly prototype: MemoryStore;
}

export const MemoryStore: MemoryStoreConstructor = function (this: unknown) {
  Reflect.apply(Store, this, []);
  Object.assign(this as object, { sessions: Object.create(null) });
} as MemoryStoreConstructor;

const methods: Partial<MemoryStore> & ThisType<{ sessions: Record<string, string> }> = {
  get(sid, callback) {
    later(callback, null, liveRow(this.sessions, sid));
  },
  set(sid, session, callback) {
    this.sessions[sid] = JSON.stringify(session);
    later(callback);
  },
  touch(sid, { cookie }, callback) {
    const row = liveRow(this.sessions, sid);
    if (row) this.sessions[sid] = JSON.stringify({ ...row, cookie });
    later(callback);
  },
  destroy(sid, callback) {
    delete this.sessions[sid];
    later(callback);
  },
  all(callback) {
    later(callback, null, liveRows(this.sessions));
  },
  length(callback) {
    later(callback, null, Object.keys(liveRows(this.sessions)).length);
  },
  clear(callback) {
    this.sessions = Object.create(null);
    later(callback);
  },
};

inherit(MemoryStore, Store, methods);

/** Calls back in a turn of its own, as a store does that asks a server. */
function later<Args extends unknown[]>(callback: ((...args: Args) => void) | undefined, ...args: Args): void {
  if (callback) setImmediate(callback, ...args);
}

function liveRow(sessions: Record<string, string>, sid: string): SessionRow | undefined {
  const text = sessions[sid];
  if (text === undefined) return undefined;
  const row: SessionRow = JSON.parse(text);
  const expires = row.cookie?.expires;
  if (!expires || new Date(expires).getTime() > Date.now()) return row;
  delete sessions[sid];
  return undefined;
}

function liveRows(sessions: Record<string, string>): Record<string, SessionRow> {
  const rows: Record<string, SessionRow> = Object.create(null);
  for (const sid of Object.keys(sessions)) {
    const row = liveRow(sessions, sid);
    if (row) rows[sid] = row;
  }
  return rows;
}
