import type { Observer } from "./events.ts";
import type { DefaultData, ReadonlySession, Session, SessionInfo } from "./session.ts";
import type { HeaderEdit, RequestHead } from "./transport.ts";

/** The headers of an answer, as far as caches read them. */
export interface CacheHeaders {
  /** Several lines joined by a comma; `undefined` when there is none. */
  get(name: string): string | undefined;
  /** The names of all headers, in lower case. */
  names(): Iterable<string>;
}

/** How a handler ended. */
export interface Outcome {
  /** The final HTTP status. From 500 on, changes that were not saved are dropped. */
  readonly status: number;
  readonly error?: unknown;
  /** The answer that is to leave. Absent: nothing is known of it, and a session that is first read later can only warn. */
  readonly answer?: PendingAnswer | undefined;
}

/** An answer whose headers can still be changed. */
export interface PendingAnswer {
  readonly headers: CacheHeaders;
  /** True: its whole body is there, so nothing that is read from now on can be in it. `undefined`: not known yet. */
  isWhole(): boolean | undefined;
  /** Tells later what `isWhole()` does not know. Absent: then it counts as not whole. */
  whenKnown?(): Promise<boolean>;
  /** It has been sent, so that nothing can come into it any more. Absent: never known. */
  isOver?(): boolean;
}

/** One session in one request, for adapters. */
export interface OpenSession<Data extends object = DefaultData> {
  readonly session: Session<Data>;
  /**
   * Makes the request's changes durable and says what to change in the response's headers. Called once, before the
   * response leaves; after a failure once more, with the status of the error response. Not a promise where there is
   * nothing to store, so that an adapter need not hold such a response back.
   */
  commit(outcome: Outcome): HeaderEdit[] | Promise<HeaderEdit[]>;
}

export interface OpenOptions {
  /** The request objects under which `sessions.get()` is to find the session. @default the request */
  readonly carriers?: readonly object[] | undefined;
  /** Leave loading to `session.load()`. @default false */
  readonly lazy?: boolean | undefined;
}

export interface HandleOptions extends OpenOptions {
  /** Makes the response for what the handler or the commit threw. @default plain text; an unknown error is printed and answered with 500 */
  readonly onError?: ((error: unknown, request: Request) => Response | Promise<Response>) | undefined;
}

export interface EditOptions {
  /** The work is the visitor's own, such as a message over a socket: the idle limit begins anew. @default false */
  readonly touch?: boolean | undefined;
}

export interface IssueOptions<Data extends object> {
  readonly data?: Partial<Data> | undefined;
  readonly userId?: string | undefined;
  /** Name the cookie as over https. @default false, unless the cookie is always Secure */
  readonly secure?: boolean | undefined;
}

export interface IssuedSession {
  readonly id: string;
  readonly token: string;
  /** The `name=value` pair that a browser would send in its Cookie header. */
  readonly cookie: string;
}

export interface PageOptions {
  /** 1 to 1000. @default 100 */
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/**
 * Whose sessions: one user's, or everybody's. One of the two must be there, and a user id that is `undefined` is refused,
 * because that is the user id of a visitor without a user.
 */
export type Owner =
  | { readonly userId: string; readonly anyUser?: never }
  /** Everybody's, with a user or without: for administrators and jobs. */
  | { readonly anyUser: true; readonly userId?: never };

export type ListOptions = Owner & PageOptions;

export interface RevokeAllOptions {
  /** The id of a session that stays. @default none stays */
  readonly except?: string | undefined;
}

export interface SessionList {
  readonly sessions: SessionInfo[];
  readonly cursor?: string | undefined;
}

/** The sessions of one user, for that user's own requests: nobody else's can be seen or ended. `sessions.of()` makes it. */
export interface OwnSessions {
  /** Lists the user's live sessions; without a user there are none. */
  list(options?: PageOptions): Promise<SessionList>;
  /** Ends one of them. False: the user has no such session. @throws SessionError NOT_SIGNED_IN */
  revoke(id: string): Promise<boolean>;
  /** Ends all but the session of this request. Returns how many. @throws SessionError NOT_SIGNED_IN */
  revokeOthers(): Promise<number>;
  /** Ends all, and clears this client's token. Returns how many. @throws SessionError NOT_SIGNED_IN */
  revokeAll(): Promise<number>;
}

/** The limits in force, in milliseconds; `undefined` where a limit is off. */
export interface SessionPolicy {
  readonly name: string;
  readonly application: string | undefined;
  readonly namespace: string;
  readonly store: string;
  readonly idleTimeout: number | undefined;
  readonly absoluteTimeout: number | undefined;
  readonly rotateAfter: number | undefined;
  readonly rotationGrace: number;
  readonly remember: boolean;
  readonly storeTimeout: number;
  readonly commitTimeout: number;
  readonly maxBytes: number;
  readonly maxSessionsPerUser: number | undefined;
  readonly overflow: "evict-oldest" | "reject";
  readonly onStoreError: "fail" | "anonymous";
  /** A `Set-Cookie` line as https visitors get it, with `…` for the token; `undefined` without a cookie transport. */
  readonly cookie: string | undefined;
}

/** What every manager can do, whatever its store. */
export interface SessionManager<Data extends object = DefaultData> {
  readonly name: string;
  /** The session mounted on this request. @throws SessionError SESSION_NOT_MOUNTED */
  get(carrier: object): Session<Data>;
  tryGet(carrier: object): Session<Data> | undefined;
  /** For adapters: the session of a request, and its commit. Not a promise where there is nothing to load. */
  open(request: Request | RequestHead, options?: OpenOptions): OpenSession<Data> | Promise<OpenSession<Data>>;
  /** Runs a handler with the session of a request; the response leaves after the commit. Never rejects. */
  handle(
    request: Request,
    handler: (request: Request, session: Session<Data>) => Response | Promise<Response>,
    options?: HandleOptions,
  ): Promise<Response>;
  /** Makes a session without a request: for tests, jobs and imports. */
  issue(init?: IssueOptions<Data>): Promise<IssuedSession>;
  /** Tells one more observer of every event, until the function that this gives is called. */
  observe(observer: Observer): () => void;
  /** The effective limits and cookie attributes, for audits. */
  policy(): SessionPolicy;
  /** Waits for commits in flight, stops pruning and closes the store, also for other managers that share it. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A manager of stored sessions. */
export interface Sessions<Data extends object = DefaultData> extends SessionManager<Data> {
  /** Works on a session outside a request: jobs, sockets, administration. One commit. @throws SessionError SESSION_GONE */
  edit<T>(id: string, fn: (session: Session<Data>) => T | Promise<T>, options?: EditOptions): Promise<T>;
  find(id: string): Promise<SessionInfo | undefined>;
  /** Lists and ends the sessions of this session's user. @throws TypeError for a session of another manager */
  of(session: ReadonlySession<Data>): OwnSessions;
  /** Lists the live sessions of one user, or everybody's. @throws TypeError without an owner */
  list(options: ListOptions): Promise<SessionList>;
  /** Ends one session, if it is the owner's. False: there was none. @throws TypeError without an owner */
  revoke(id: string, owner: Owner): Promise<boolean>;
  /** Ends all sessions of a user. Returns how many. @throws TypeError */
  revokeAll(userId: string, options?: RevokeAllOptions): Promise<number>;
  /** Ends every session of this manager's namespace. */
  destroyAll(): Promise<void>;
  /** Deletes expired records now; how many went. */
  prune(): Promise<number>;
  count(): Promise<number>;
}
