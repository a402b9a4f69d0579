import type { Observer } from "./events.ts";
import type { LegacySource } from "./legacy.ts";
import type { Duration } from "./limits.ts";
import type { StandardSchema } from "./standard-schema.ts";
import type { SealedStore, SessionStore } from "./store.ts";
import type { RequestHead, Transport } from "./transport.ts";

/** Attributes of the cookie. Each has a safe default, which does not depend on the others. */
export interface CookieAttributes {
  /** The path that the cookie is sent to, with everything below it. @default "/" */
  path?: string | undefined;
  /**
   * Shares the cookie with subdomains. Such a cookie cannot have the `__Host-` prefix. @default none: this host only
   */
  domain?: string | undefined;
  /**
   * Sends the cookie over https only. `"auto"`: on over https, and off over http on a loopback host. Over http on any
   * other host the commit fails with INSECURE_TRANSPORT, because the cookie could be read in transit. @default "auto"
   */
  secure?: boolean | "auto" | undefined;
  /** Hides the cookie from scripts. @default true */
  httpOnly?: boolean | undefined;
  /** Limits the requests from other sites that carry the cookie. @default "lax" */
  sameSite?: "lax" | "strict" | "none" | undefined;
  /** Keeps a separate cookie for each top-level site (CHIPS), for pages in frames. Needs Secure. @default false */
  partitioned?: boolean | undefined;
  /** Tells Chromium which cookies to delete last when a site has too many. @default none */
  priority?: "low" | "medium" | "high" | undefined;
  /**
   * The prefix of the cookie's name. `"auto"`: `__Host-` if the cookie is Secure, has Path=/ and has no Domain
   * (RFC 6265bis section 4.1.3), otherwise none.
   * @default "auto"
   */
  prefix?: "auto" | "__Host-" | "__Secure-" | "" | undefined;
}

/** Encodes and decodes values, in place of the standard encoding. `decode` must accept what older releases stored. */
export interface Codec {
  /** Returns the string to store. */
  encode(value: unknown): string;
  /** Returns the value of a stored string. */
  decode(text: string): unknown;
}

/**
 * Adds a class to the standard encoding.
 *
 * @example
 * const types = {
 *   Money: {
 *     test: (value: unknown) => value instanceof Money,
 *     encode: (money: Money) => [money.amount, money.currency],
 *     decode: ([amount, currency]: [number, string]) => new Money(amount, currency),
 *   },
 * };
 */
export interface TypeCodec<T = unknown, E = unknown> {
  /** Returns whether the value is an instance of the class. */
  test(value: unknown): boolean;
  /** Returns a value that the standard encoding knows. */
  encode(value: T): E;
  /** Creates the instance again. */
  decode(encoded: E): T;
}

/** Options of `createSessions()`. All are optional. */
export interface SessionsOptions<Data extends object> {
  /** The name of the cookie, without its prefix. @default "session" */
  name?: string | undefined;
  /**
   * Separates applications that share a store or a key: a token of one never opens a session of another, whatever their
   * names and namespaces are. 1 to 64 characters. Changing it ends all sessions. @default none
   */
  application?: string | undefined;
  /** Separates the records of several managers in one store. @default `name`, or `application/name` */
  namespace?: string | undefined;
  /** The store that keeps the sessions. @default memoryStore(), which loses them when the process ends */
  store?: SessionStore | SealedStore | undefined;
  /** Attributes of the cookie. Short for `transports: [cookie(attributes)]`. @default the defaults of each */
  cookie?: CookieAttributes | undefined;
  /**
   * How tokens travel. The first transport that finds a token in the request also sends the response's. @default
   * [cookie()]
   */
  transports?: readonly Transport[] | undefined;
  /** Ends a session after this long without a request. False: never. @default "24h" */
  idleTimeout?: Duration | false | undefined;
  /** Ends a session after this long, even if it is in use. Only `login()` restarts it. False: never. @default "30d" */
  absoluteTimeout?: Duration | false | undefined;
  /**
   * Records activity at most this often: a request that changes nothing writes to the store only if the last record is
   * older. At least ten times per idle timeout, so that no session ends much too early. @default "1m"
   */
  touchInterval?: Duration | undefined;
  /** Gives the session a new secret, and so a new token, this often. @default off */
  rotateAfter?: Duration | undefined;
  /** How long the previous token still opens the session after such a rotation. @default "30s" */
  rotationGrace?: Duration | undefined;
  /**
   * What happens if a token comes back long after a login, `regenerate()` or rotation has replaced it, so that two
   * parties have the session's tokens. "end": the session ends for both. "report": the observer is told. @default "end"
   */
  onReuse?: "end" | "report" | undefined;
  /**
   * Keys that protect the records of a store: 32 random bytes each, in base64url or hex (`generateKey()`). Who can write
   * to the store, but does not have them, can neither make a session nor change one. The first key signs, all are
   * accepted. Introducing it ends all sessions. Sealed cookies have keys of their own. @default none
   */
  pepper?: string | readonly string[] | undefined;
  /**
   * Ends a new session without a user after this long, unless its token has come back by then, so that clients without
   * cookies leave few records. A sealed session has no record. @default off
   */
  probation?: Duration | undefined;
  /** Keeps the cookie when the browser closes. The timeouts above apply either way. @default true */
  remember?: boolean | undefined;
  /**
   * Validates the data on load and before each commit. Must be synchronous, and accept `{}` and its own output.
   * @default none
   */
  schema?: StandardSchema<Data> | undefined;
  /**
   * What happens to stored values that the schema drops or rewrites. "keep": they stay in the store, hidden, until
   * their key is written, so that a newer version of the application finds them. "drop": a write stores only the
   * schema's output. @default "keep"
   */
  unknownKeys?: "keep" | "drop" | undefined;
  /** Encodes values. @default JSON, and devalue for values that JSON cannot represent */
  codec?: Codec | undefined;
  /** Adds classes to the standard encoding. Each key is stored with its values, so it must not change. @default none */
  // biome-ignore lint/suspicious/noExplicitAny: codecs of different classes stand in one table
  types?: Readonly<Record<string, TypeCodec<any, any>>> | undefined;
  /**
   * Generates the public id: 16 to 128 characters of [A-Za-z0-9_-]. Does not affect the secret. @default 16 random
   * bytes
   */
  generateId?: (() => string) | undefined;
  /** Returns true for requests that get no session, such as static files. @default none */
  skip?: ((request: RequestHead) => boolean) | undefined;
  /**
   * The number of trusted proxies in front of this server. Their `X-Forwarded-Proto` or `Forwarded` header (RFC 7239)
   * says whether the client uses https: with a number n, the n-th entry from the right counts. True means 1. @default
   * false
   */
  trustProxy?: boolean | number | undefined;
  /**
   * The `Cache-Control` of a response that used the session. "private": only the client's own cache may store it.
   * "no-store": no cache may, so nothing is left in the browser. @default "private"
   */
  cache?: "private" | "no-store" | undefined;
  /** The time limit for one store operation. @default "2s" */
  storeTimeout?: Duration | undefined;
  /** The time limit for one commit, including all its attempts. @default "5s" */
  commitTimeout?: Duration | undefined;
  /**
   * What using a session does if the store failed to load it. "fail": throws. "anonymous": reads see an empty session,
   * writes throw. @default "fail"
   */
  onStoreError?: "fail" | "anonymous" | undefined;
  /**
   * The largest size of a session's encoded data, in bytes. A sealed cookie is also limited to 4096. @default 1048576
   */
  maxBytes?: number | undefined;
  /** The largest number of sessions of one user. Needs a store with `list`. @default no limit */
  maxSessionsPerUser?: number | undefined;
  /**
   * What a login beyond `maxSessionsPerUser` does. "evict-oldest": ends the user's oldest sessions. "reject": fails
   * with TOO_MANY_SESSIONS, exactly, also for logins of several processes at one moment. @default "evict-oldest"
   */
  overflow?: "evict-oldest" | "reject" | undefined;
  /**
   * How often expired records are deleted in the background, and stored deadlines follow a change of limits. False: only
   * by `sessions.prune()`. @default "10m"
   */
  pruneInterval?: Duration | false | undefined;
  /** Returns the current time in epoch milliseconds. @default Date.now, corrected by the store's clock if it has one */
  clock?: (() => number) | undefined;
  /**
   * Takes over live sessions of other libraries, so that a move signs nobody out. Asked in order, and only where no token
   * of this manager verifies. Needs a store of records. @default none
   */
  legacy?: readonly LegacySource[] | undefined;
  /** Receives all events. @default prints warnings and store errors with console.warn */
  observer?: Observer | undefined;
}
