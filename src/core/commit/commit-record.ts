import { gone } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";
import { fromRecord, type SessionState, toRecord } from "../record/record.ts";
import { validateForStore, validateOnLoad } from "../record/validate-data.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { noteEnding } from "../runtime/ended-tokens.ts";
import { callStore, StoreFailure, timeLeft } from "../runtime/store-call.ts";
import { applyChange, type SessionChange, withUpdatedExpiry } from "../state/change.ts";
import { late, unknown } from "./commit-errors.ts";
import { committed, newCommitId, remembered, remembers } from "./commit-ids.ts";

/** One request's wish, waiting to be part of a commit. */
export interface QueuedCommit {
  readonly change: SessionChange;
  /** The era that the request began in; a record of another one is no longer its session. */
  readonly era: string | undefined;
  /** The visitor is there: the idle limit starts again. False for work behind the visitor's back. */
  readonly isUserActivity: boolean;
  /** The change computes from what is stored, so even "nothing to change" must be said of a fresh record. */
  readonly readsStoredValue: boolean;
  /** When its commit has to be over, by `performance.now()`. */
  readonly end: number;
  resolve(committed: CommitResult): void;
  reject(error: unknown): void;
}

export interface CommitResult {
  readonly state: SessionState;
  readonly attempts: number;
}

/** Failures in a row after which a commit stops waiting for the store to come back. */
const maxFailures = 3;

/** What tells one epoch from another; its number does not, after a rewind of the store. */
export const eraOf = ({ control }: SessionState): string | undefined => control.era ?? control.hash;

export const epochOf = (state: SessionState): number => state.control.epoch ?? 0;

/**
 * Applies a batch of jobs to the newest record and writes the result once: compare-and-set, again on a newer record
 * whenever another process was faster. Settles every job; gives the state it ended with, if there is one. `isOwn`: the state
 * that is begun with is what each job has read; that of another job may be lost by now, when the store was rewound.
 */
export async function commitRecord(
  context: ManagerContext,
  store: SessionStore,
  batch: readonly QueuedCommit[],
  start: SessionState,
  isOwn: boolean,
): Promise<SessionState | undefined> {
  const commitId = newCommitId();
  const end = Math.max(...batch.map((job) => job.end));
  let jobs: Applied[] = batch.map((job) => ({ job, after: start }));
  let base = start;
  let isFresh = false;
  let attempts = 0;
  let failures = 0;
  /** Why the last attempt failed, if it was the store that failed. */
  let trouble: StoreFailure | undefined;
  /** The version an attempt of unknown outcome was made on. */
  let doubt: number | undefined;

  const fail = (error: unknown): undefined => {
    for (const { job } of jobs) job.reject(error);
    return undefined;
  };

  for (;;) {
    jobs = jobs.filter(({ job }) => isInTime(job, doubt !== undefined, trouble));
    const applied = applyJobs(context, jobs, base);
    jobs = applied.jobs;
    if (jobs.length === 0) return base;
    const unchanged = applied.state === undefined;
    if (unchanged && (isFresh || (isOwn && !jobs.some(({ job }) => job.readsStoredValue))))
      return settle(jobs, base, attempts);

    let failure: StoreFailure | undefined;
    try {
      if (applied.state) {
        attempts++;
        const next = committed(applied.state, base, commitId);
        const record = toRecord(context.config.namespace, next);
        const now = context.clock.now();
        if (
          await callStore(context, "replace", (call) => store.replace(record, base, now, call), timeLeft(context, end))
        ) {
          return settle(jobs, next, attempts);
        }
        context.emit({ type: "conflict", id: base.id, attempt: attempts });
      }
    } catch (error) {
      if (!(error instanceof StoreFailure)) return fail(error);
      failure = error;
      if (!error.certain) doubt = base.version;
    }

    try {
      const key = { namespace: context.config.namespace, id: base.id };
      const now = context.clock.now();
      const record = await callStore(context, "read", (call) => store.read(key, now, call), timeLeft(context, end));
      if (!record) return fail(gone());
      base = validateOnLoad(fromRecord(record), context.config);
      isFresh = true;
    } catch (error) {
      if (!(error instanceof StoreFailure)) return fail(error);
      failure ??= error;
      trouble = failure;
      if (++failures >= maxFailures) return fail(doubt === undefined ? failure.error : unknown(failure.error));
      await pause(failures, end);
      continue;
    }

    if (remembers(base, commitId)) return settle(jobs, base, attempts);
    // A lower version is that of a store that was rewound: nothing of the attempt is in it, and the doubt stays.
    if (doubt !== undefined && base.version > doubt) {
      if (base.version - doubt > remembered) return fail(unknown(failure?.error));
      doubt = undefined;
    }
    failures = failure ? failures + 1 : 0;
    trouble = failure;
    if (failure && failures >= maxFailures) return fail(doubt === undefined ? failure.error : unknown(failure.error));
    // The first time it was most likely a request of this very process; that one is over.
    if (attempts > 1) await pause(attempts - 1, end);
  }
}

/** A job, and the session as it stood right after it. */
interface Applied {
  readonly job: QueuedCommit;
  readonly after: SessionState;
  /** Why it cannot be applied, if jobs before it in the same round become durable. */
  readonly refusal?: { readonly error: unknown };
}

/** Applies the jobs one after the other. One that cannot be applied to what is stored is told so and left out. */
function applyJobs(
  context: ManagerContext,
  jobs: readonly Applied[],
  base: SessionState,
): { jobs: Applied[]; state: SessionState | undefined } {
  const kept: Applied[] = [];
  let state = base;
  let seen = false;
  for (const { job } of jobs) {
    try {
      if (job.era !== eraOf(state)) throw gone();
      const next = applyChange(state, job.change);
      state = next === state ? state : validateForStore(next, base, context.config);
      seen ||= job.isUserActivity;
      kept.push({ job, after: state });
    } catch (error) {
      if (state === base) job.reject(error);
      else kept.push({ job, after: state, refusal: { error } });
    }
  }
  return {
    jobs: kept,
    state: state === base ? undefined : withUpdatedExpiry(state, context.clock.now(), seen, context.config.limits),
  };
}

/** Everybody goes on from the newest state, but whom a login in the same round has shut out: it may not see what follows. */
function settle(jobs: readonly Applied[], state: SessionState, attempts: number): SessionState {
  if (jobs.some(({ job, refusal }) => job.change.rotation && !refusal)) noteEnding();
  for (const { job, after, refusal } of jobs) {
    if (refusal) job.reject(refusal.error);
    else job.resolve({ state: eraOf(state) === eraOf(after) ? state : after, attempts });
  }
  return state;
}

/** Tells a job whose time is over so; the others of its round go on without it. */
function isInTime(job: QueuedCommit, isDoubtful: boolean, trouble: StoreFailure | undefined): boolean {
  if (performance.now() < job.end) return true;
  job.reject(late(isDoubtful, trouble));
  return false;
}

/** Waits a random while that grows with the attempts, so that processes do not keep meeting each other. */
function pause(attempt: number, end: number): Promise<void> {
  const most = Math.min(50, 2 ** attempt, Math.max(0, end - performance.now()));
  return new Promise((resolve) => setTimeout(resolve, Math.random() * most));
}
