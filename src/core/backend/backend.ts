import type { Awaitable } from "../../crypto/awaitable.ts";
import type { SessionError } from "../../types/errors.ts";
import type { SessionState } from "../record/record.ts";
import type { SessionChange } from "../state/change.ts";

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

export interface PendingCommit {
  readonly change: SessionChange;
  /** The secret that `change.rotation` introduces. */
  readonly newSecret?: string | undefined;
  /** Restart the idle limit. */
  readonly isUserActivity: boolean;
  /** The change computes from what is stored. */
  readonly readsStoredValue: boolean;
}

/** Where sessions are kept, as one request sees it: a store of records, or the client's own sealed token. */
export interface SessionBackend {
  readonly kind: "record" | "sealed";
  /** The session of the first token that verifies. Refused ones are told to the observer. @throws SessionError when the store fails */
  open(tokens: readonly string[]): Awaitable<AuthenticatedSession | Unreadable | undefined>;
  create(pending: PendingCommit, id: string | undefined): Promise<SavedSession>;
  /** @throws SessionError SESSION_GONE and the rest of the commit's errors */
  commit(saved: SavedSession, pending: PendingCommit): Promise<SavedSession>;
  /** Records a visit; `undefined` when the session changed meanwhile and nothing was done. */
  touch(saved: SavedSession): Promise<SavedSession | undefined>;
  remove(saved: SavedSession): Promise<void>;
  /** Takes back a session whose token nobody will ever have; in the background where it takes longer. */
  withdraw(saved: SavedSession): Promise<void>;
  /** The session as it is now; `undefined` when it is over, or its token another's. @throws SessionError when the store fails */
  confirm(saved: SavedSession): Promise<SavedSession | undefined>;
  /** What the client is to keep; `undefined` when this process cannot know it. */
  token(saved: SavedSession): Promise<string | undefined>;
}
