import type { CookieOverrides } from "./transport.ts";

/**
 * The shape of every session's data, for applications that prefer one global declaration:
 * `declare module "coatcheck" { interface SessionData { views: number } }`. A type argument or a schema is the main way.
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications merge into it
export interface SessionData {}

export type DefaultData = [keyof SessionData] extends [never] ? { [key: string]: unknown } : SessionData;

/** A length of time: `"30s"`, `"15m"`, `"8h"`, `"30d"`, `"2w"`, `"250ms"`. Positive and finite. */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d" | "w"}`;

/** Limits of one session; both count from now on and never reach beyond the manager's absolute limit. */
export interface SessionLimits {
  readonly idle?: Duration | undefined;
  readonly absolute?: Duration | undefined;
}

/** A session that can be read: what a page that only renders needs. */
export interface ReadonlySession<Data extends object = DefaultData> {
  /** The public handle. Safe to log, list and show; not enough to use the session. */
  readonly id: string;
  /** Nothing was stored for this visitor when the request began. */
  readonly isNew: boolean;
  /** This request has changes that are not durable yet. */
  readonly isChanged: boolean;
  readonly userId: string | undefined;
  /** Raised by `login()` and `regenerate()`. Who connected under an earlier one has a token that is dead by now. */
  readonly epoch: number;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  /** The last `login()`. */
  readonly authenticatedAt: Date | undefined;
  /** The earlier one of the two limits below. */
  readonly expiresAt: Date;
  readonly idleExpiresAt: Date | undefined;
  readonly absoluteExpiresAt: Date | undefined;
  /** The value, handed out by reference: changing it in place counts as a change of the session. */
  get<K extends keyof Data>(key: K): Required<Data>[K] | undefined;
  has(key: keyof Data): boolean;
  keys(): string[];
  toObject(): Partial<Data>;
}

/**
 * The data and life of one visitor, as one request sees it. Changes are kept by key and become durable together, once,
 * before the response leaves. It has no other properties: to assign one, or to read a name that is none of these, throws.
 */
export interface Session<Data extends object = DefaultData> extends ReadonlySession<Data> {
  /** @throws SessionError NOT_SERIALIZABLE for what cannot be stored, naming the key; SESSION_CLOSED after the commit */
  set<K extends keyof Data>(key: K, value: Required<Data>[K]): this;
  /** True when there was something to delete. */
  delete(key: keyof Data): boolean;
  /** Drops all data and keeps the session, its user and its flash messages. */
  clear(): void;
  /**
   * Replaces one value by a function of it: atomic across requests and processes, durable when it resolves. `fn` must be
   * synchronous and pure, because it may run more than once.
   */
  update<K extends keyof Data>(
    key: K,
    fn: (now: Required<Data>[K] | undefined) => Required<Data>[K],
  ): Promise<Required<Data>[K]>;
  /** Reads and deletes one value: of all parallel callers exactly one has it. */
  take<K extends keyof Data>(key: K): Promise<Required<Data>[K] | undefined>;
  /** Keeps a message until a later request reads it with `flashes()`. */
  flash(message: unknown, channel?: string): void;
  /** The messages that earlier requests left in a channel, in order, each handed out exactly once. */
  flashes<T = unknown>(channel?: string): Promise<T[]>;
  /**
   * Signs a user in: a new secret, so that the old token is dead once this commits, and a fresh absolute limit. If
   * somebody else was signed in, their data and flash messages are dropped first.
   *
   * @param userId 1 to 255 bytes of UTF-8
   */
  login(userId: string): void;
  /** A new secret for the same session: data and absolute limit stay, the old token is dead once this commits. */
  regenerate(): void;
  /** Ends the session: gone from the store when it resolves, the client's token cleared. A later write starts a new one. */
  destroy(): Promise<void>;
  /**
   * "Remember me", for this session, on later requests too. True: the cookie outlives the browser. A duration: as true,
   * and the idle limit is this long, within the absolute one. False: the cookie ends with the browser.
   */
  remember(on: boolean | Duration): void;
  /** Other limits for this session, on later requests too. */
  expireAfter(limits: SessionLimits): void;
  /** Other attributes for this session's cookie, on later requests too. */
  setCookieAttributes(attributes: CookieOverrides): void;
  /** Commits and returns the token, for clients that keep it themselves. The one door by which a handler can have it. */
  exportToken(): Promise<string>;
  /** Commits now. Needed only where something must be durable before the response is made. */
  save(): Promise<void>;
  /** Loads a session that was mounted with `lazy`; elsewhere it has nothing to do. */
  load(): Promise<this>;
}

/** What `find` and `list` tell about a session. */
export interface SessionInfo {
  readonly id: string;
  readonly userId: string | undefined;
  readonly epoch: number;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly authenticatedAt: Date | undefined;
  readonly expiresAt: Date;
}
