import { Deferred } from "../language/deferred.ts";
import type { SessionState } from "../record/record.ts";
import type { SessionChange } from "../state/change.ts";

/** What one request asks of its session's record, in one commit. */
export interface PendingCommit {
  readonly change: SessionChange;
  /** The secret that `change.rotation` introduces. */
  readonly newSecret?: string | undefined;
  /** Restart the idle timeout. False for work without the user, such as jobs. */
  readonly isUserActivity: boolean;
  /** The change computes from the stored value, so even "nothing to change" must be decided on a fresh record. */
  readonly readsStoredValue: boolean;
}

export interface CommitResult {
  readonly state: SessionState;
  readonly attempts: number;
  /** A login of the same round has ended this state's token: the client must not be told of it. */
  readonly isSuperseded: boolean;
}

/** A commit in its session's lane, until it is settled. */
export class QueuedCommit extends Deferred<CommitResult> {
  readonly pending: PendingCommit;
  /** What the caller last knew of the session. */
  readonly base: SessionState;
  /** When the commit must be over, by `performance.now()`. */
  readonly end: number;

  constructor(pending: PendingCommit, base: SessionState, end: number) {
    super();
    this.pending = pending;
    this.base = base;
    this.end = end;
  }
}
