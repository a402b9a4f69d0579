import { type Callback, callBack } from "../../core/language/callback.ts";
import { Cookie, type CookieOptions } from "./cookie.ts";
import { originOf, setOrigin } from "./origin.ts";
import { trackerOf } from "./tracker.ts";
import type { SessionRequest, SessionStore } from "./types.ts";

/** A row of a store, after `JSON.parse`. */
export interface SessionRow {
  cookie: Omit<CookieOptions, "expires"> & { expires?: Date | string | null | undefined };
}

/**
 * The session of a request: its data are its own properties, beside `cookie`. Its methods call back, as in
 * express-session; without a callback they return a promise, which may be ignored.
 */
export class Session {
  declare cookie: Cookie;
  declare readonly id: string;
  declare readonly req: SessionRequest;

  /** @param data must not hide a method of the session; such keys are left out */
  constructor(req: SessionRequest, data?: object | null) {
    Object.defineProperty(this, "req", { value: req });
    Object.defineProperty(this, "id", { value: req.sessionID });
    if (typeof data !== "object" || data === null) return;
    const from = originOf(data);
    if (from !== undefined) setOrigin(this, from);
    for (const [name, value] of Object.entries(data)) if (!(name in this)) Reflect.set(this, name, value);
  }

  /** Starts the cookie's lifetime again. The middleware does so in every request. */
  touch(): this {
    return this.resetMaxAge();
  }

  resetMaxAge(): this {
    this.cookie.maxAge = this.cookie.originalMaxAge;
    return this;
  }

  /** Stores it now, for example before slow work. The middleware stores it before the response leaves. */
  save(): Promise<void>;
  save(callback: Callback): this;
  save(callback?: Callback): this | Promise<void>;
  save(callback?: Callback): this | Promise<void> {
    trackerOf(this.req)?.saved(this);
    // A copy, because some stores add their own fields to what they get.
    const row = new Session(this.req, this);
    return answer(
      this,
      callBack((done) => storeOf(this).set(this.id, row, done)),
      callback,
    );
  }

  /** Reads it again from the store. `req.session` is another object then. */
  reload(): Promise<void>;
  reload(callback: Callback): this;
  reload(callback?: Callback): this | Promise<void> {
    const reading = callBack((done) => storeOf(this).get(this.id, done));
    const read = reading.then((row) => {
      if (!row) throw new Error("failed to load session");
      inflate(this.req, row as SessionRow);
    });
    return answer(this, read, callback);
  }

  /** Ends it. The browser is told to forget its cookie. */
  destroy(): Promise<void>;
  destroy(callback: Callback): this;
  destroy(callback?: Callback): this | Promise<void> {
    const { req, id } = this;
    req.session = undefined;
    const tracker = trackerOf(req);
    if (tracker) tracker.destroyedId = id;
    return answer(
      this,
      callBack((done) => storeOf(this).destroy(id, done)),
      callback,
    );
  }

  /** Ends it and begins a new one with another id, as a login must. `req.session` is the new one then. */
  regenerate(): Promise<void>;
  regenerate(callback: Callback): this;
  regenerate(callback?: Callback): this | Promise<void> {
    const { req, id } = this;
    const tracker = trackerOf(req);
    if (tracker) tracker.destroyedId = id;
    return answer(
      this,
      callBack((done) =>
        storeOf(this).regenerate ? storeOf(this).regenerate?.(req, done) : replaceSession(storeOf(this), req, done),
      ),
      callback,
    );
  }
}

/** Ends the session of a request and begins another one, also if the old one could not be deleted. */
export function replaceSession(store: SessionStore, req: SessionRequest, callback: Callback): void {
  store.destroy(req.sessionID!, (error) => {
    store.generate?.(req);
    callback(error);
  });
}

const storeOf = ({ req }: Session): SessionStore => req.sessionStore!;

/** Calls back in a tick of its own: an exception of the application must not come back through the store. */
function answer<Self>(self: Self, work: Promise<unknown>, callback: Callback | undefined): Self | Promise<void> {
  if (callback) {
    work.then(
      () => process.nextTick(callback),
      (error) => process.nextTick(callback, error),
    );
    return self;
  }
  const promise = work.then(() => undefined);
  // Callers of express-session pass no callback and ignore the promise. Its rejection must not end their process.
  promise.catch(() => undefined);
  return promise;
}

/** Makes a row the session of a request. @throws TypeError for a row without a cookie */
export function inflate(req: SessionRequest, row: SessionRow): Session {
  const expires = row.cookie.expires;
  const date = typeof expires === "string" ? new Date(expires) : expires;
  const session = new Session(req, { ...row, cookie: new Cookie({ ...row.cookie, expires: date ?? null }) });
  const from = originOf(row);
  if (from !== undefined) setOrigin(session, from);
  req.session = session;
  return session;
}
