import type { Awaitable } from "../../types/awaitable.ts";
import { sessionsClosed } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";
import { type Flow, run } from "../language/flow.ts";
import type { SessionState } from "../record/record.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { canSharePromises } from "../runtime/platform.ts";
import { longestTimer } from "../runtime/timers.ts";
import { busy } from "./commit-errors.ts";
import { commitRecord } from "./commit-record.ts";
import { type CommitResult, type PendingCommit, QueuedCommit } from "./pending-commit.ts";

/** A lane takes no more commits than this: a healthy application never lets so many changes of one session wait. */
const mostWaiting = 1_000;

interface Lane {
  waiting: QueuedCommit[];
  /** What the commits of this lane ended with. */
  last: SessionState | undefined;
}

/**
 * The commits of one process, one lane for each session: while a commit is in flight others wait, and the next round
 * takes them all at once. A thousand parallel updates become a handful of writes.
 */
export class SessionLanes {
  readonly #context: ManagerContext;
  readonly #store: SessionStore;
  readonly #lanes = new Map<string, Lane>();
  #others = 0;
  #isClosed = false;
  #idle: (() => void)[] = [];

  constructor(context: ManagerContext, store: SessionStore) {
    this.#context = context;
    this.#store = store;
  }

  /**
   * Commits a change to what the caller last knew of the session, until `end` by `performance.now()`.
   *
   * @throws SessionError as a commit does
   */
  submit(base: SessionState, pending: PendingCommit, end: number): Awaitable<CommitResult> {
    if (this.#isClosed) throw sessionsClosed();
    const commit = new QueuedCommit(pending, base, end);
    // Where no request may wait for another's commit, each goes alone, and the store decides between them.
    const lane = canSharePromises ? this.#lanes.get(base.id) : undefined;
    if (lane && lane.waiting.length >= mostWaiting) throw busy();
    if (lane) lane.waiting.push(commit);
    else void run(this.#drain(base.id, { waiting: [commit], last: undefined }));
    return commit.result();
  }

  /** Counts work that needs no lane among what `close` waits for. */
  *track<T>(work: Flow<T>): Flow<T> {
    if (this.#isClosed) throw sessionsClosed();
    this.#others++;
    try {
      return yield* work;
    } finally {
      this.#others--;
      this.#wake();
    }
  }

  /**
   * Waits until nothing is in flight, at most so many milliseconds. What still waits then is rejected, as is what is
   * submitted later.
   */
  async close(limit: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#idle.push(resolve);
      timer = setTimeout(resolve, Math.min(limit, longestTimer));
      this.#wake();
    });
    clearTimeout(timer);
    this.#isClosed = true;
    for (const { waiting } of this.#lanes.values())
      for (const commit of waiting.splice(0)) commit.reject(sessionsClosed());
  }

  #wake(): void {
    if (this.#lanes.size + this.#others > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Commits what waits in a lane, round by round. Throws nothing: it settles each commit. */
  *#drain(id: string, lane: Lane): Flow<void> {
    if (canSharePromises) this.#lanes.set(id, lane);
    while (lane.waiting.length > 0) {
      const round = lane.waiting;
      lane.waiting = [];
      try {
        const { state, rest } = yield* commitRecord(this.#context, this.#store, newest(round, lane.last), round);
        lane.last = state;
        lane.waiting.unshift(...rest);
      } catch (error) {
        lane.last = undefined;
        for (const commit of round) commit.reject(error);
      }
    }
    this.#lanes.delete(id);
    this.#wake();
  }
}

/** Returns the newest state that is known: to the commits of a round, or from the round before. */
function newest(round: readonly QueuedCommit[], last: SessionState | undefined): SessionState {
  let known = (round[0] as QueuedCommit).base;
  for (const { base } of round) if (base.version > known.version) known = base;
  return last && last.version > known.version ? last : known;
}
