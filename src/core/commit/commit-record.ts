import type { Awaitable } from "../../types/awaitable.ts";
import { gone } from "../../types/errors.ts";
import type { SessionStore, StoreCall } from "../../types/store.ts";
import { type Flow, wait } from "../language/flow.ts";
import { type SessionState, toRecord } from "../record/record.ts";
import { validateOnLoad } from "../record/validate-data.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { callStore, StoreFailure, timeLeft } from "../runtime/store-call.ts";
import { storedState } from "../state/stored-state.ts";
import { type AppliedBatch, applyBatch, settleBatch } from "./apply-batch.ts";
import { type Attempt, Attempts } from "./attempts.ts";
import { late, unknown } from "./commit-errors.ts";
import { committed } from "./commit-ids.ts";
import { pause } from "./pause.ts";
import type { QueuedCommit } from "./pending-commit.ts";

/** A batch is applied in one stretch, in which nothing else runs. It takes about so long, in milliseconds. */
const stretchMs = 10;

/** A commit stops waiting for the store to come back after this many failures in a row. */
const maxFailures = 3;

/** An older record that was read so often is believed: the store was rewound. */
const enoughRereads = 4;

/** What a round of a lane ended with. */
export interface CommittedRound {
  /** The newest state that is known. `undefined`: there is none, or it is not known. */
  readonly state: SessionState | undefined;
  /** Those that this round had no time for. All others are settled. */
  readonly rest: readonly QueuedCommit[];
}

/**
 * Applies a batch of commits to the newest record and writes the result once: compare-and-set, again on a newer record
 * whenever another process was faster.
 */
export const commitRecord = (
  context: ManagerContext,
  store: SessionStore,
  base: SessionState,
  batch: readonly QueuedCommit[],
): Flow<CommittedRound> => new RecordCommit(context, store, base, batch).run();

class RecordCommit {
  readonly #context: ManagerContext;
  readonly #store: SessionStore;
  readonly #attempts = new Attempts();
  readonly #end: number;
  /** Those that are not settled yet. */
  #batch: readonly QueuedCommit[];
  #rest: readonly QueuedCommit[] = [];
  #base: SessionState;
  /** The base is what each of the batch last knew. Another's knowledge may be lost, if the store was rewound. */
  readonly #isOwn: boolean;
  /** The base was read by this commit. */
  #isFresh = false;
  /** So often the record was read after a write. */
  #rereads = 0;
  /** Failures of the store in a row, and the newest of them. */
  #failures = 0;
  #failure: StoreFailure | undefined;

  constructor(context: ManagerContext, store: SessionStore, base: SessionState, batch: readonly QueuedCommit[]) {
    this.#context = context;
    this.#store = store;
    this.#base = base;
    this.#batch = batch;
    this.#isOwn = batch.every((commit) => commit.base.commitId === base.commitId);
    this.#end = batch.reduce((latest, { end }) => Math.max(latest, end), 0);
  }

  *run(): Flow<CommittedRound> {
    const state = yield* this.#commit();
    return { state, rest: this.#rest };
  }

  *#commit(): Flow<SessionState | undefined> {
    for (;;) {
      this.#rejectLate();
      const batch = this.#apply();
      this.#batch = batch.applied.map(({ commit }) => commit);
      if (this.#batch.length === 0) return this.#base;
      if (!batch.state && this.#knowsStoredValues()) return settleBatch(batch, this.#base, this.#attempts.count);

      let failure: StoreFailure | undefined;
      try {
        const written = batch.state && (yield* this.#write(batch.state));
        if (written) return settleBatch(batch, written, this.#attempts.count);
        if (batch.state) this.#attempts.refused();
      } catch (error) {
        if (!(error instanceof StoreFailure)) return this.#reject(error);
        failure = error;
        if (!error.certain) this.#attempts.lost(this.#base);
      }

      let isRead = false;
      try {
        const state = yield* this.#read();
        if (!state) return this.#reject(gone());
        this.#base = state;
        this.#isFresh = isRead = true;
      } catch (error) {
        if (!(error instanceof StoreFailure)) return this.#reject(error);
        failure ??= error;
      }
      if (isRead) {
        const attempt = this.#attempts.writtenIn(this.#base);
        if (attempt) return settleBatch(this.#applyAgain(attempt, batch), this.#base, this.#attempts.count);
        if (this.#attempts.areForgottenBy(this.#base)) return this.#reject(unknown(failure?.error));
      }

      this.#failure = failure;
      this.#failures = failure ? this.#failures + 1 : 0;
      if (failure && this.#failures >= maxFailures) {
        return this.#reject(this.#attempts.areInDoubt ? unknown(failure.error) : failure.error);
      }
      // After the first conflict there is no need to wait: it was most likely a request of this process, which is over.
      const pauses = isRead ? this.#rereads : this.#failures;
      if (isRead && this.#attempts.count > 0) this.#rereads++;
      if (pauses > 0) yield* wait(pause(pauses, this.#end));
    }
  }

  /**
   * The first time it is decided who is in this round. Later nobody leaves it for want of time: what was in a write of
   * unknown outcome must not be written again by another round.
   */
  #apply(): AppliedBatch {
    const isFirst = this.#attempts.count === 0;
    const end = isFirst ? performance.now() + stretchMs : Number.POSITIVE_INFINITY;
    const batch = applyBatch(this.#context, this.#batch, this.#base, end);
    this.#rest = [...batch.rest, ...this.#rest];
    return batch;
  }

  /** Applies what was written, if that was not the last attempt, so that functions of stored values return what they made. */
  #applyAgain({ base, batch }: Attempt, last: AppliedBatch): AppliedBatch {
    if (batch === this.#batch) return last;
    return applyBatch(this.#context, batch, base, Number.POSITIVE_INFINITY);
  }

  /** Rejects those whose time is over. The others go on without them. */
  #rejectLate(): void {
    const now = performance.now();
    this.#batch = this.#batch.filter((commit) => {
      if (now < commit.end) return true;
      commit.reject(late(this.#attempts.areInDoubt, this.#failure));
      return false;
    });
  }

  /** Whether it can be said that nothing changes. A function of the stored value must have seen a fresh record. */
  #knowsStoredValues(): boolean {
    if (this.#attempts.areInDoubt) return false;
    // An older record may be that of a replica that lags.
    if (this.#rereads < enoughRereads && this.#attempts.areAheadOf(this.#base)) return false;
    return this.#isFresh || (this.#isOwn && !this.#batch.some(({ pending }) => pending.readsStoredValue));
  }

  /** Returns what was written. `undefined`: the record has changed. @throws StoreFailure */
  *#write(state: SessionState): Flow<SessionState | undefined> {
    const { config, clock, bodies, emit } = this.#context;
    const { commitId } = this.#attempts.begin(this.#base, this.#batch);
    const next = committed(state, this.#base, commitId);
    const record = toRecord(config.namespace, next);
    bodies.forget(next.id);
    const now = clock.now();
    const isWritten = yield* wait(this.#call("replace", (call) => this.#store.replace(record, this.#base, now, call)));
    if (isWritten) return next;
    emit({ type: "conflict", id: next.id, attempt: this.#attempts.count });
    return undefined;
  }

  /** @throws StoreFailure, or SessionError for a record that cannot be used */
  *#read(): Flow<SessionState | undefined> {
    const { config, clock } = this.#context;
    const key = { namespace: config.namespace, id: this.#base.id };
    const now = clock.now();
    const record = yield* wait(this.#call("read", (call) => this.#store.read(key, now, call)));
    return record && validateOnLoad(storedState(record, this.#context), config);
  }

  #call<T>(operation: string, work: (call: StoreCall) => Awaitable<T>): Awaitable<T> {
    return callStore(this.#context, operation, work, timeLeft(this.#context, this.#end));
  }

  #reject(error: unknown): undefined {
    for (const commit of this.#batch) commit.reject(error);
    return undefined;
  }
}
