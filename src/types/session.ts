import type { Duration, SessionLimits } from "./limits.ts";
import type { CookieOverrides } from "./transport.ts";

/**
 * Declares the data of all sessions, for applications that prefer one global declaration. A type argument or a schema
 * of `createSessions()` is the usual way.
 *
 * @example
 * declare module "coatcheck" {
 *   interface SessionData {
 *     views: number;
 *   }
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications merge into it
export interface SessionData {}

/** The data of a session without a type argument or a schema: `SessionData` if extended, else any value by any key. */
export type DefaultData = [keyof SessionData] extends [never] ? { [key: string]: unknown } : SessionData;

/** A session that can only be read, for code that renders a page. */
export interface ReadonlySession<Data extends object = DefaultData> {
  /** The public id. Safe to log and display: it does not give access to the session. */
  readonly id: string;
  /** True if the client had no session when the request began. */
  readonly isNew: boolean;
  /** True if this request has changes that are not stored yet. */
  readonly isChanged: boolean;
  /** The user of the last `login()`. `undefined`: not signed in. */
  readonly userId: string | undefined;
  /** Incremented by `login()` and `regenerate()`. A connection opened under a lower epoch used an ended token. */
  readonly epoch: number;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  /** The time of the last `login()`. */
  readonly authenticatedAt: Date | undefined;
  /** The earlier of the two times below. */
  readonly expiresAt: Date;
  /** When the session ends without further requests. `undefined`: no idle timeout. */
  readonly idleExpiresAt: Date | undefined;
  /** When the session ends even if it is in use. `undefined`: no absolute timeout. */
  readonly absoluteExpiresAt: Date | undefined;
  /**
   * Returns a value, or `undefined`. Objects are returned by reference, so changing one in place changes the session.
   *
   * @example
   * const views = session.get("views") ?? 0;
   * session.get("cart")?.push("hat"); // stored with the response, like a set()
   *
   * @throws SessionError UNREADABLE_VALUE if the stored value cannot be decoded
   */
  get<K extends keyof Data>(key: K): Required<Data>[K] | undefined;
  /** Returns whether the session has a value for this key. */
  has(key: keyof Data): boolean;
  /** Returns the keys of all values. */
  keys(): string[];
  /** Returns all values in a new object. @throws SessionError UNREADABLE_VALUE */
  toObject(): Partial<Data>;
}

/**
 * A session in one request. Changes are collected by key and stored together, once, before the response is sent.
 *
 * A session is not a bag of properties: assigning a property, or reading one that does not exist, throws a `TypeError`.
 * Use `get` and `set`.
 *
 * @example
 * app.get("/", (req, res) => {
 *   const views = (req.session.get("views") ?? 0) + 1;
 *   req.session.set("views", views);
 *   res.send(`Visit number ${views}`);
 * });
 */
export interface Session<Data extends object = DefaultData> extends ReadonlySession<Data> {
  /**
   * Sets a value. It is stored before the response is sent; other keys that concurrent requests change are kept.
   *
   * @example
   * session.set("views", 1).set("cart", ["coat"]);
   *
   * @throws SessionError NOT_SERIALIZABLE if the value cannot be stored (the message names the key); SESSION_CLOSED
   * after the response has started; SESSION_GONE if the session ended during the request
   */
  set<K extends keyof Data>(key: K, value: Required<Data>[K]): this;
  /** Deletes a value. Returns whether there was one. @throws as `set` */
  delete(key: keyof Data): boolean;
  /** Deletes all values. Keeps the session, its user and its flash messages. @throws as `set` */
  clear(): void;
  /**
   * Replaces a value with `fn(value)`, atomically across requests and processes. Resolves with the new value once it is
   * stored. `fn` may run more than once, so it must be synchronous and free of side effects. In a sealed cookie the
   * update is atomic within this request only.
   *
   * @example
   * const views = await session.update("views", (now = 0) => now + 1); // no concurrent increment is lost
   *
   * @throws TypeError if `fn` returns a promise; SessionError SESSION_GONE, COMMIT_TIMEOUT (nothing was stored) or
   * COMMIT_UNKNOWN (it may have been stored)
   */
  update<K extends keyof Data>(
    key: K,
    fn: (now: Required<Data>[K] | undefined) => Required<Data>[K],
  ): Promise<Required<Data>[K]>;
  /**
   * Reads and deletes a value, atomically: exactly one of several concurrent callers receives it. Resolves once the
   * deletion is stored. In a sealed cookie it is atomic within this request only.
   *
   * @example
   * const expected = await session.take("oauthState"); // a second callback gets undefined
   *
   * @throws SessionError SESSION_GONE, COMMIT_TIMEOUT or COMMIT_UNKNOWN
   */
  take<K extends keyof Data>(key: K): Promise<Required<Data>[K] | undefined>;
  /**
   * Adds a message for a later request, which reads it with `flashes()`. A message is any value that can be stored.
   *
   * @param channel a name for a separate list of messages; "default" if omitted
   *
   * @example
   * session.flash("Your settings were saved.");
   * return redirect("/settings"); // that page shows: await session.flashes()
   *
   * @throws as `set`
   */
  flash(message: unknown, channel?: string): void;
  /**
   * Returns and deletes the messages that earlier requests left in a channel, oldest first. Each message is returned
   * exactly once, even to concurrent requests.
   */
  flashes<T = unknown>(channel?: string): Promise<T[]>;
  /**
   * Signs a user in. Gives the session a new secret, which ends the old token when this request commits (against
   * session fixation), and restarts the absolute timeout. If another user was signed in, deletes that user's data and
   * flash messages first. What `remember()` and `expireAfter()` set stays: the idle timeout as it is, and a session's
   * own absolute timeout counts from the login.
   *
   * @param userId 1 to 255 bytes of UTF-8
   *
   * @example
   * const user = await checkPassword(email, password);
   * session.login(user.id);
   *
   * @throws TypeError for any other user id; SessionError SESSION_CLOSED, SESSION_GONE; at the commit TOO_MANY_SESSIONS
   * (`maxSessionsPerUser` with `overflow: "reject"`)
   */
  login(userId: string): void;
  /**
   * Gives the session a new secret and ends the old token when this request commits. Data, user and absolute timeout
   * stay. Call it when the privileges of a user change.
   */
  regenerate(): void;
  /**
   * Ends the session and clears the client's token. Resolves once the session is deleted from the store. A later write
   * in the same request starts a new session. A copy of a sealed cookie stays valid until it expires.
   *
   * @example
   * app.post("/logout", async (req, res) => {
   *   await req.session.destroy();
   *   res.redirect("/");
   * });
   *
   * @throws SessionError STORE_UNAVAILABLE or STORE_TIMEOUT if the store failed, so that the session may still exist
   */
  destroy(): Promise<void>;
  /**
   * Sets "remember me" for this session, from this request on. True: the cookie outlives the browser. A duration: the
   * same, and sets the idle timeout, within the absolute one, also if `expireAfter` had set another. False: the cookie
   * ends with the browser. True and false take back a duration that an earlier `remember` set.
   *
   * @example
   * session.remember(form.get("remember") === "on" ? "14d" : false);
   *
   * @throws SessionError INVALID_OPTION
   */
  remember(on: boolean | Duration): void;
  /**
   * Sets the limits of this session, from this request on, also if `remember` had set another idle timeout. The last
   * call holds.
   *
   * @example
   * session.expireAfter({ idle: "10m" }); // on a shared computer
   * session.expireAfter({ idle: "default", absolute: "default" }); // as every other session again
   *
   * @throws SessionError INVALID_OPTION
   */
  expireAfter(limits: SessionLimits): void;
  /** Changes attributes of this session's cookie, from this request on. @throws SessionError INVALID_OPTION */
  setCookieAttributes(attributes: CookieOverrides): void;
  /**
   * Stores all changes and returns the token, for clients that keep it themselves, such as mobile apps. This is the
   * only way for a handler to obtain the token.
   *
   * @throws SessionError NOT_SUPPORTED if this process does not know the current token; call `regenerate()` first
   */
  exportToken(): Promise<string>;
  /** Stores all changes now. Needed only if they must be stored before the response is created. */
  save(): Promise<void>;
  /** Loads a session that was mounted with `lazy: true`, and resolves with it. Does nothing if it is loaded already. */
  load(): Promise<this>;
}
