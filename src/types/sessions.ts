import type {
  DataOptions,
  EditOptions,
  IssuedSession,
  IssueOptions,
  ListOptions,
  Owner,
  OwnSessions,
  RevokeAllOptions,
  SessionInfo,
  SessionList,
} from "./administration.ts";
import type { Observer } from "./events.ts";
import type { Outcome } from "./outcome.ts";
import type { DefaultData, ReadonlySession, Session } from "./session.ts";
import type { HeaderEdit, RequestHead } from "./transport.ts";

/** A session opened for a request, and its commit. For adapters. */
export interface OpenSession<Data extends object = DefaultData> {
  readonly session: Session<Data>;
  /**
   * Stores the request's changes and returns the edits for the response headers. Call it once, before the response is
   * sent. If it fails, call it once more with the status of the error response. Returns a plain value if there is
   * nothing to store, so that an adapter need not delay such a response.
   */
  commit(outcome: Outcome): HeaderEdit[] | Promise<HeaderEdit[]>;
}

/** Options of `sessions.open()` and of most adapters. */
export interface OpenOptions {
  /** The objects by which `sessions.get()` finds the session. @default the request */
  readonly carriers?: readonly object[] | undefined;
  /** Loads the session only when `session.load()` is called. @default false */
  readonly lazy?: boolean | undefined;
  /**
   * The address of the other end of the connection, which a `Request` does not tell: where it is not this machine's own,
   * no cookie goes over plain http. @default not known
   */
  readonly peer?: string | undefined;
}

/** Options of `sessions.handle()`. */
export interface HandleOptions extends OpenOptions {
  /**
   * Creates the response to an error of the handler or the commit.
   * @default plain text with the error's status; an unknown error is printed with console.error and has status 500
   */
  readonly onError?: ((error: unknown, request: Request) => Response | Promise<Response>) | undefined;
}

/** The effective options of a manager. Durations are in milliseconds; `undefined` means that the limit is off. */
export interface SessionPolicy {
  readonly name: string;
  readonly application: string | undefined;
  readonly namespace: string;
  readonly store: string;
  readonly idleTimeout: number | undefined;
  readonly absoluteTimeout: number | undefined;
  readonly touchInterval: number;
  readonly rotateAfter: number | undefined;
  readonly rotationGrace: number;
  readonly onReuse: "end" | "report";
  readonly probation: number | undefined;
  readonly remember: boolean;
  readonly storeTimeout: number;
  readonly commitTimeout: number;
  readonly maxBytes: number;
  readonly maxSessionsPerUser: number | undefined;
  readonly overflow: "evict-oldest" | "reject";
  readonly onStoreError: "fail" | "anonymous";
  /** The `Set-Cookie` line over https, with `…` in place of the token. `undefined`: no cookie transport. */
  readonly cookie: string | undefined;
}

/** Manages the sessions of an application, with a store or with sealed cookies. `createSessions()` creates one. */
export interface SessionManager<Data extends object = DefaultData> {
  /** The name of the cookie without its prefix. */
  readonly name: string;
  /**
   * Returns the session mounted on a request.
   *
   * @param carrier the request object, or the framework's context of it
   *
   * @throws SessionError SESSION_NOT_MOUNTED if no adapter has mounted this manager on the request
   */
  get(carrier: object): Session<Data>;
  /** Returns the session mounted on a request, or `undefined`. */
  tryGet(carrier: object): Session<Data> | undefined;
  /** Opens the session of a request. For adapters. Returns a plain value if there is nothing to load. */
  open(request: Request | RequestHead, options?: OpenOptions): OpenSession<Data> | Promise<OpenSession<Data>>;
  /**
   * Runs a handler with the session of a request, stores the changes and returns the response. Never rejects: errors
   * become responses (`onError`).
   *
   * @example
   * export default {
   *   fetch: (request: Request) =>
   *     sessions.handle(request, async (_request, session) => {
   *       const views = await session.update("views", (now = 0) => now + 1);
   *       return new Response(`Visit number ${views}`);
   *     }),
   * };
   */
  handle(
    request: Request,
    handler: (request: Request, session: Session<Data>) => Response | Promise<Response>,
    options?: HandleOptions,
  ): Promise<Response>;
  /**
   * Creates a session without a request, for tests, jobs and imports.
   *
   * @example
   * const { cookie } = await sessions.issue({ userId: "user-17" });
   * const response = await fetch(url, { headers: { cookie } });
   */
  issue(init?: IssueOptions<Data>): Promise<IssuedSession>;
  /** Adds an observer. Returns a function that removes it. */
  observe(observer: Observer): () => void;
  /** Returns the effective limits and cookie attributes, for audits. */
  policy(): SessionPolicy;
  /**
   * Stops pruning, waits for commits in flight (at most `commitTimeout`) and closes the store, which affects other
   * managers that share it. Sessions that are used later throw SESSIONS_CLOSED.
   */
  close(): Promise<void>;
  /** Calls `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Manages sessions that are kept in a store. Can also list, edit and end sessions outside their requests.
 *
 * Each method throws NOT_SUPPORTED if the store lacks what it needs, and STORE_UNAVAILABLE or STORE_TIMEOUT if the
 * store fails.
 */
export interface Sessions<Data extends object = DefaultData> extends SessionManager<Data> {
  /**
   * Runs `fn` with a session outside a request, stores the changes in one commit and resolves with the result of `fn`.
   * For jobs, sockets and administration.
   *
   * @example
   * await sessions.edit(id, (session) => session.set("plan", "pro"));
   *
   * @throws SessionError SESSION_GONE if there is no such session
   */
  edit<T>(id: string, fn: (session: Session<Data>) => T | Promise<T>, options?: EditOptions): Promise<T>;
  /** Returns the facts of a live session, with the values of `keys`, or `undefined`. */
  find(id: string, options?: DataOptions): Promise<SessionInfo | undefined>;
  /**
   * Returns the sessions of this session's user, for a page of "signed-in devices".
   *
   * @example
   * const { sessions: devices } = await sessions.of(session).list();
   *
   * @throws TypeError if the session belongs to another manager
   */
  of(session: ReadonlySession<Data>): OwnSessions;
  /** Returns a page of the live sessions of one user, or of all. @throws TypeError without `userId` or `anyUser` */
  list(options: ListOptions): Promise<SessionList>;
  /**
   * Ends a session if it belongs to the owner. Returns whether it did. @throws TypeError without `userId` or `anyUser`
   */
  revoke(id: string, owner: Owner): Promise<boolean>;
  /**
   * Ends all sessions of a user, also those whose login is being stored. Returns the number of ended sessions.
   * @throws TypeError if the user id is not valid
   */
  revokeAll(userId: string, options?: RevokeAllOptions): Promise<number>;
  /** Ends all sessions in this manager's namespace. */
  destroyAll(): Promise<void>;
  /** Deletes expired records now. Returns the number of deleted records. */
  prune(): Promise<number>;
  /** Returns the number of live sessions in this manager's namespace. */
  count(): Promise<number>;
}
