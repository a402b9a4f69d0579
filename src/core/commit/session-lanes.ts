import type { SessionStore } from "../../types/store.ts";
import type { SessionState } from "../record/record.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { canSharePromises } from "../runtime/platform.ts";
import { type CommitResult, commitRecord, type QueuedCommit } from "./commit-record.ts";

/** A commit without the promise that it settles. */
type Submission = Pick<QueuedCommit, "change" | "era" | "isUserActivity" | "readsStoredValue" | "end">;

interface Lane {
  waiting: { job: QueuedCommit; base: SessionState }[];
  last: SessionState | undefined;
}

/**
 * Commits of one process, one lane for each session: while a commit is in flight further ones wait, and the next round
 * takes them all at once. A thousand parallel updates become a handful of writes.
 */
export class SessionLanes {
  #context: ManagerContext;
  #store: SessionStore;
  #lanes = new Map<string, Lane>();
  #others = 0;
  #idle: (() => void)[] = [];

  constructor(context: ManagerContext, store: SessionStore) {
    this.#context = context;
    this.#store = store;
  }

  /** Commits a change to what the caller last knew of the session. @throws SessionError as a commit does */
  submit(submission: Submission, base: SessionState): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      const entry = { job: { ...submission, resolve, reject }, base };
      // Where nobody may wait for another's commit, each goes alone, and the store decides between them.
      const lane = canSharePromises ? this.#lanes.get(base.id) : undefined;
      if (lane) lane.waiting.push(entry);
      else void this.#drain(base.id, { waiting: [entry], last: undefined });
    });
  }

  /** Counts work that needs no lane among what `drained` waits for. */
  async track<T>(work: Promise<T>): Promise<T> {
    this.#others++;
    try {
      return await work;
    } finally {
      this.#others--;
      this.#wake();
    }
  }

  /** Resolves when nothing is in flight. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#wake();
    });
  }

  #wake(): void {
    if (this.#lanes.size + this.#others > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #drain(id: string, lane: Lane): Promise<void> {
    if (canSharePromises) this.#lanes.set(id, lane);
    while (lane.waiting.length > 0) {
      const round = lane.waiting.splice(0);
      const jobs = round.map((entry) => entry.job);
      const newest = round.reduce((best, { base }) => (base.version > best.version ? base : best), round[0]!.base);
      const base = lane.last && lane.last.version > newest.version ? lane.last : newest;
      try {
        const isOwn = round.every((entry) => entry.base.commitId === base.commitId);
        lane.last = await commitRecord(this.#context, this.#store, jobs, base, isOwn);
      } catch (error) {
        lane.last = undefined;
        for (const job of jobs) job.reject(error);
      }
    }
    this.#lanes.delete(id);
    this.#wake();
  }
}
