import { EventEmitter } from "node:events";
import type { Callback } from "../../core/language/callback.ts";
import { inherit } from "./inherit.ts";
import { inflate, replaceSession, type Session, type SessionRow } from "./session.ts";
import type { SessionRequest, SessionStore } from "./types.ts";

/** The base of stores. A store has `get`, `set` and `destroy`, and preferably `touch`. */
export interface Store extends EventEmitter {
  /** Ends the session of a request and begins another one. */
  regenerate(req: SessionRequest, callback: Callback): void;
  /** Reads a session without a request, for example for a WebSocket. Calls back without one if there is none. */
  load(sid: string, callback: (error?: unknown, session?: Session) => void): void;
  /** Makes a row the session of a request. */
  createSession(req: SessionRequest, row: SessionRow): Session;
}

/** With `new`, by `extends`, or as stores of long ago do: `Store.call(this)` and `util.inherits`. */
export interface StoreConstructor {
  new (): Store;
  (this: unknown): void;
  readonly prototype: Store;
}

export const Store: StoreConstructor = function (this: unknown) {
  Reflect.apply(EventEmitter, this, []);
} as StoreConstructor;

const methods: Pick<Store, "regenerate" | "load" | "createSession"> & ThisType<Required<SessionStore>> = {
  regenerate(req, callback) {
    replaceSession(this, req, callback);
  },
  load(sid, callback) {
    this.get(sid, (error, row) => {
      if (error) return callback(error);
      if (!row) return callback();
      callback(null, inflate({ sessionID: sid, sessionStore: this } as unknown as SessionRequest, row as SessionRow));
    });
  },
  createSession: inflate,
};

inherit(Store, EventEmitter, methods);
