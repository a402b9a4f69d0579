import type { Observer } from "./events.ts";
import type { Duration } from "./session.ts";
import type { StandardSchema } from "./standard-schema.ts";
import type { SealedStore, SessionStore } from "./store.ts";
import type { RequestHead, Transport } from "./transport.ts";

/** Attributes of the cookie; each has a safe default that setting another one does not change. */
export interface CookieAttributes {
  /** @default "/" */
  path?: string | undefined;
  /** Shares the cookie with subdomains, and gives up the `__Host-` prefix. @default none: this host only */
  domain?: string | undefined;
  /**
   * `"auto"`: on over https, off on a loopback host over http, and an error elsewhere, because such a cookie could be
   * read on its way. @default "auto"
   */
  secure?: boolean | "auto" | undefined;
  /** @default true */
  httpOnly?: boolean | undefined;
  /** @default "lax" */
  sameSite?: "lax" | "strict" | "none" | undefined;
  /** A cookie of its own for each top-level site (CHIPS), for pages in frames. Needs Secure. @default false */
  partitioned?: boolean | undefined;
  priority?: "low" | "medium" | "high" | undefined;
  /**
   * `"auto"`: `__Host-` where the cookie is Secure, for Path=/ and has no Domain (RFC 6265bis section 4.1.3), else none.
   * @default "auto"
   */
  prefix?: "auto" | "__Host-" | "__Secure-" | "" | undefined;
}

/** Replaces the encoding of values. What `encode` returns is stored; `decode` must accept what older releases stored. */
export interface Codec {
  encode(value: unknown): string;
  decode(text: string): unknown;
}

/** Teaches the standard encoding one class. */
export interface TypeCodec<T = unknown, E = unknown> {
  test(value: unknown): boolean;
  encode(value: T): E;
  decode(encoded: E): T;
}

/** How a set of sessions behaves. Everything has a default; `createSessions()` alone works. */
export interface SessionsOptions<Data extends object> {
  /** The cookie's name before any prefix. @default "session" */
  name?: string | undefined;
  /**
   * Names the application where several share a store or a key: no token of one opens in another, whatever their names and
   * namespaces are. 1 to 64 characters; changing it ends all sessions. @default none
   */
  application?: string | undefined;
  /** Keeps the records of several managers apart in one store. @default the name, after the application where there is one */
  namespace?: string | undefined;
  /** Where sessions live. @default memoryStore(): gone with the process */
  store?: SessionStore | SealedStore | undefined;
  /** Short for `transports: [cookie(attributes)]`. */
  cookie?: CookieAttributes | undefined;
  /** Where a token may be; the first that carries one is used, and answers. @default [cookie()] */
  transports?: readonly Transport[] | undefined;
  /** Refused after this long without a request. @default "24h" */
  idleTimeout?: Duration | false | undefined;
  /** Refused after this long whatever happens; only `login()` starts it afresh. @default "30d" */
  absoluteTimeout?: Duration | false | undefined;
  /** Gives the session a new secret this often. @default off */
  rotateAfter?: Duration | undefined;
  /** The previous secret still opens the session that long after such a rotation. @default "30s" */
  rotationGrace?: Duration | undefined;
  /** True: the cookie outlives the browser. False: it ends with the browser; the limits above hold either way. @default true */
  remember?: boolean | undefined;
  /** Checks the data on load and before each commit. Must be synchronous and accept `{}` and its own output. */
  schema?: StandardSchema<Data> | undefined;
  /**
   * What becomes of stored data that the schema drops or rewrites. "keep": a key that nobody writes stays stored as it
   * was, unseen, so that a newer version finds it again. "drop": a write stores the schema's output and nothing else.
   * @default "keep"
   */
  unknownKeys?: "keep" | "drop" | undefined;
  /** Another encoding of values. @default JSON, and devalue for what JSON cannot hold */
  codec?: Codec | undefined;
  /** Classes that the standard encoding is to know, by a name that is stored. */
  // biome-ignore lint/suspicious/noExplicitAny: codecs of different classes stand in one table
  types?: Readonly<Record<string, TypeCodec<any, any>>> | undefined;
  /** Makes the public id, 16 to 128 of [A-Za-z0-9_-]. The secret is always the library's. */
  generateId?: (() => string) | undefined;
  /** True: no session work at all for this request. */
  skip?: ((request: RequestHead) => boolean) | undefined;
  /**
   * How many proxies stand before this server and can be believed about https (`X-Forwarded-Proto`, `Forwarded`; RFC
   * 7239): the entry so many places from the right counts. True is 1. @default false
   */
  trustProxy?: boolean | number | undefined;
  /**
   * What an answer that used the session says to caches. "private": only the visitor's own may keep it. "no-store": none
   * may, so that nothing is left in the browser either. @default "private"
   */
  cache?: "private" | "no-store" | undefined;
  /** The longest wait for one store operation. @default "2s" */
  storeTimeout?: Duration | undefined;
  /** The longest wait for one commit with all its attempts. @default "5s" */
  commitTimeout?: Duration | undefined;
  /** When the store fails on load. "anonymous": reads as empty, any write throws. @default "fail" */
  onStoreError?: "fail" | "anonymous" | undefined;
  /** Limit of the encoded data of one session, in bytes. A sealed cookie has what fits in 4096. @default 1 MiB */
  maxBytes?: number | undefined;
  /** How many sessions one user may have. Needs a store with `list`. @default no limit */
  maxSessionsPerUser?: number | undefined;
  /** What a login beyond that does. "reject" is exact within one process; where two processes log a user in at one moment, the later login may be ended at once. @default "evict-oldest" */
  overflow?: "evict-oldest" | "reject" | undefined;
  /** How often expired records are deleted, in the background. False: the application calls `prune()`. @default "10m" */
  pruneInterval?: Duration | false | undefined;
  /** Epoch milliseconds; the only source of time. @default Date.now, corrected by the store's clock where it has one */
  clock?: (() => number) | undefined;
  /** @default prints warnings and store errors with console.warn */
  observer?: Observer | undefined;
}
