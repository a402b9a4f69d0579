import type { Awaitable } from "../../crypto/awaitable.ts";
import type { SessionError } from "../../types/errors.ts";
import type { PendingCommit } from "../commit/pending-commit.ts";
import type { Flow } from "../language/flow.ts";
import type { SessionState } from "../record/record.ts";
import type { Token } from "../record/token.ts";

/** A session in hand: its last known durable state, and what the client proves its right to it with. */
export interface SavedSession {
  readonly state: SessionState;
  /** The current secret, where this process knows it. */
  readonly secret?: string | undefined;
  /** A sealed token that carries exactly this state. */
  readonly token?: string | undefined;
}

export interface AuthenticatedSession extends SavedSession {
  /** The text that the client sent. */
  readonly presented: string;
  /**
   * `current` · `previous`: the secret before the last periodic rotation, in its grace period; `secret` is the new one
   * already · `revoked`: a secret that login or regenerate ended a moment ago.
   */
  readonly secretStatus: "current" | "previous" | "revoked";
}

/** A session that is there but that this version cannot read, so that it must not be replaced either. */
export interface Unreadable {
  readonly secretStatus: "unreadable";
  /** What a write is told. */
  readonly error: SessionError;
  /** The session, where the client has proved its right to it: enough to end it. */
  readonly proven: AuthenticatedSession | undefined;
}

/** The given parts of a new session's token: its id alone, or both. A session with a given token is created once only. */
export type WantedToken = Pick<Token, "id"> & Partial<Token>;

/** Where sessions are kept, as one request sees it: a store of records, or the client's own sealed token. */
export interface SessionBackend {
  readonly kind: "record" | "sealed";
  /** Makes the backend ready: it knows the store's time. `open` and `create` do so themselves. @throws SessionError SESSIONS_CLOSED */
  prepare(): Promise<void> | undefined;
  /**
   * Returns the session of the first token that verifies, until `end` by `performance.now()`. Reports rejected tokens to
   * the observer.
   *
   * @throws SessionError if the store fails
   */
  open(tokens: readonly string[], end: number): Awaitable<AuthenticatedSession | Unreadable | undefined>;
  /** @throws SessionError SESSION_GONE if there is, or was, a session with the given token */
  create(pending: PendingCommit, wanted: WantedToken | undefined): Flow<SavedSession>;
  /** @throws SessionError SESSION_GONE and the other errors of a commit */
  commit(saved: SavedSession, pending: PendingCommit): Flow<SavedSession>;
  /** Records a request. Returns `undefined` if nothing was written, because it is not due or the session has changed. */
  touch(saved: SavedSession): Flow<SavedSession | undefined>;
  remove(saved: SavedSession): Flow<void>;
  /** Deletes a session whose token no client will ever have, in the background if that takes longer. */
  withdraw(saved: SavedSession): Awaitable<void>;
  /**
   * Returns the session as it is stored now. `undefined`: it has ended, or its token is not this client's.
   *
   * @throws SessionError if the store fails
   */
  confirm(saved: SavedSession): Flow<SavedSession | undefined>;
  /** Returns the token for the client. `undefined`: this process cannot know it. */
  token(saved: SavedSession): Flow<string | undefined>;
}
