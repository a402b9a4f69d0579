/** Describes a session for `find` and `list`, without its data. The fields are those of `ReadonlySession`. */
export interface SessionInfo {
  readonly id: string;
  readonly userId: string | undefined;
  readonly epoch: number;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly authenticatedAt: Date | undefined;
  readonly expiresAt: Date;
  /**
   * The values of the `keys` that were asked for and that the session has, as they are stored, without a schema. One that
   * this version of the application cannot decode is left out.
   */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

/** Names values of the data to read with a session's facts. */
export interface DataOptions {
  /** The keys of the data, such as `["device"]`. All other data stays hidden. @default none */
  readonly keys?: readonly string[] | undefined;
}

/** Selects a page of a list. */
export interface PageOptions extends DataOptions {
  /** The largest number of sessions to return, 1 to 1000. @default 100 */
  readonly limit?: number | undefined;
  /** The `cursor` of the previous page. @default the first page */
  readonly cursor?: string | undefined;
}

/**
 * Selects the sessions of one user, or all sessions. One of the two is required. A `userId` that is `undefined` is
 * rejected, because that is the user id of a session without a user, and must not select all sessions by accident.
 */
export type Owner =
  | { readonly userId: string; readonly anyUser?: never }
  /** All sessions, with or without a user. For administrators and background jobs. */
  | { readonly anyUser: true; readonly userId?: never };

/** Options of `sessions.list()`. */
export type ListOptions = Owner & PageOptions;

/** Options of `sessions.revokeAll()`. */
export interface RevokeAllOptions {
  /** The id of a session to keep. @default none */
  readonly except?: string | undefined;
}

/** One page of sessions. */
export interface SessionList {
  /** The sessions of this page, oldest first. A page may be empty although others follow. */
  readonly sessions: SessionInfo[];
  /** Present if there may be another page; pass it to the next call. */
  readonly cursor?: string | undefined;
}

/**
 * Lists and ends the sessions of one user, for that user's own requests. Other users' sessions cannot be seen or ended.
 * `sessions.of()` creates one.
 */
export interface OwnSessions {
  /** Returns a page of the user's live sessions. The list is empty if the session has no user. */
  list(options?: PageOptions): Promise<SessionList>;
  /** Ends a session. Returns false if the user has no such session. @throws SessionError NOT_SIGNED_IN */
  revoke(id: string): Promise<boolean>;
  /**
   * Ends all sessions of the user except the one of this request. Returns the number of ended sessions.
   * @throws SessionError NOT_SIGNED_IN
   */
  revokeOthers(): Promise<number>;
  /**
   * Ends all sessions of the user and clears this client's token. Returns the number of ended sessions.
   * @throws SessionError NOT_SIGNED_IN
   */
  revokeAll(): Promise<number>;
}

/** Options of `sessions.edit()`. */
export interface EditOptions {
  /**
   * Restarts the idle timeout, as a request does. For the user's own activity, such as a socket message. @default false
   */
  readonly touch?: boolean | undefined;
}

/** Options of `sessions.issue()`. */
export interface IssueOptions<Data extends object> {
  /** Initial values. @default none */
  readonly data?: Partial<Data> | undefined;
  /** Signs this user in. @default no user */
  readonly userId?: string | undefined;
  /** Names the cookie as over https, that is, with its prefix. @default false, unless the cookie is always Secure */
  readonly secure?: boolean | undefined;
}

/** A session created by `sessions.issue()`. */
export interface IssuedSession {
  /** The public id. */
  readonly id: string;
  /** The secret token, for a client. */
  readonly token: string;
  /** The `name=value` pair that a browser would send in its `Cookie` header; empty without a cookie transport. */
  readonly cookie: string;
}
