import type { SessionState } from "../record/record.ts";
import { newCommitId, remembered, remembers } from "./commit-ids.ts";
import type { QueuedCommit } from "./pending-commit.ts";

/** A write, and what it was computed from. */
export interface Attempt {
  readonly commitId: string;
  readonly base: SessionState;
  readonly batch: readonly QueuedCommit[];
}

/** The writes that one commit has tried, and whether one of them may have been made although nobody said so. */
export class Attempts {
  readonly #made: Attempt[] = [];
  /** The version that a write of unknown outcome was made on. */
  #doubt: number | undefined;
  /**
   * The store refused the last write, and the record was not read since. A client library that sends again after a broken
   * connection may have had it written the first time.
   */
  #isContested = false;

  get count(): number {
    return this.#made.length;
  }

  get areInDoubt(): boolean {
    return this.#doubt !== undefined || this.#isContested;
  }

  /** Notes a write that is about to be tried. Each has a commit id of its own. */
  begin(base: SessionState, batch: readonly QueuedCommit[]): Attempt {
    const attempt = { commitId: newCommitId(), base, batch };
    this.#made.push(attempt);
    return attempt;
  }

  refused(): void {
    this.#isContested = true;
  }

  /** The outcome of the last write is unknown. */
  lost(base: SessionState): void {
    this.#doubt = base.version;
  }

  /** Returns the attempt that a record, which was just read, knows as written. */
  writtenIn(state: SessionState): Attempt | undefined {
    this.#isContested = false;
    return this.#made.findLast(({ commitId }) => remembers(state, commitId));
  }

  /** Whether a record is no newer than what was written on: a replica lags, or the store was rewound. */
  areAheadOf(state: SessionState): boolean {
    return this.#made.some(({ base }) => state.version <= base.version);
  }

  /**
   * Whether too many commits have followed the write of unknown outcome, so that the record no longer tells. A lower
   * version is that of a rewound store: nothing of the attempt is in it, and the doubt stays.
   */
  areForgottenBy(state: SessionState): boolean {
    if (this.#doubt === undefined || state.version <= this.#doubt) return false;
    if (state.version - this.#doubt > remembered) return true;
    this.#doubt = undefined;
    return false;
  }
}
