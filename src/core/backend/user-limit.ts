import { SessionError } from "../../types/errors.ts";
import type { SessionStore, StoredRecord } from "../../types/store.ts";
import { removeRecord } from "../commit/remove-record.ts";
import { breather } from "../language/breaks.ts";
import { type Flow, run, wait } from "../language/flow.ts";
import { KeyedQueue } from "../language/serial.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { canSharePromises } from "../runtime/platform.ts";
import type { Login } from "../state/change.ts";
import { expired } from "../state/expiry.ts";
import { storedState } from "../state/stored-state.ts";
import type { SavedSession } from "./backend.ts";
import { LoginsUnderWay } from "./logins-under-way.ts";
import type { Notes } from "./notes.ts";
import { recordsOf } from "./records.ts";
import type { Withdrawals } from "./withdrawals.ts";

interface SignedIn {
  readonly id: string;
  readonly since: number;
}

/** Holds the logins of a user to `maxSessionsPerUser`. */
export class UserLimit {
  readonly #context: ManagerContext;
  readonly #store: SessionStore;
  readonly #withdrawals: Withdrawals;
  readonly #underWay: LoginsUnderWay;
  readonly #turns = new KeyedQueue();

  constructor(context: ManagerContext, store: SessionStore, withdrawals: Withdrawals, notes: Notes) {
    this.#context = context;
    this.#store = store;
    this.#withdrawals = withdrawals;
    this.#underWay = new LoginsUnderWay(context, notes);
  }

  /**
   * Runs the commit of a login in the session `ownId`, which may be there already.
   *
   * @throws SessionError TOO_MANY_SESSIONS for a login beyond the limit, with `overflow: "reject"`
   */
  *guard({ userId }: Login, ownId: string, end: number, commit: Flow<SavedSession>): Flow<SavedSession> {
    const { maxSessionsPerUser: max, overflow } = this.#context.config;
    if (max === undefined) return yield* commit;
    if (overflow === "evict-oldest") return yield* wait(this.#evicting(userId, max, end, commit));
    const work = () => this.#rejecting(userId, max, ownId, end, commit);
    return yield* wait(canSharePromises ? this.#turns.run(userId, work) : work());
  }

  /**
   * After a login, ends the oldest sessions beyond the limit. The newest few are among the newest few of whatever a
   * parallel login sees, so none of them is ever ended.
   */
  async #evicting(userId: string, max: number, end: number, commit: Flow<SavedSession>): Promise<SavedSession> {
    const saved = await run(commit);
    await this.#try(async () => {
      const found = await this.#signedIn(userId, end);
      const breathe = breather();
      for (const { id } of found.reverse().slice(max)) {
        await breathe();
        await this.#evict(id);
      }
    });
    return saved;
  }

  /**
   * Commits a login only if the limit allows one more, counting the user's sessions and all logins that began earlier, in
   * any process. Logins of one user in this process take turns, so that they do not compete for the note in the store. One
   * whose turn comes after `end` is not tried.
   */
  async #rejecting(
    userId: string,
    max: number,
    ownId: string,
    end: number,
    commit: Flow<SavedSession>,
  ): Promise<SavedSession> {
    const { own, before } = await run(this.#underWay.enter(userId, ownId, end));
    try {
      // Listed only now, so that an earlier login that has ended since is in this list if it succeeded.
      const found = await this.#signedIn(userId, end);
      const others = new Set([...found.map(({ id }) => id), ...before.filter((id) => !this.#withdrawals.has(id))]);
      others.delete(ownId);
      if (others.size >= max) throw tooMany(others.size, max);
      const saved = await run(commit);
      if (this.#context.clock.now() < own.until) return saved;
      // The process was paused, and others have not counted this login any more.
      await this.#withdrawals.add(saved.state.id, saved.state.control.hash);
      // Not SESSION_GONE, for which a login begins a new session: this one had data that the client should know is lost.
      throw new SessionError(
        "COMMIT_TIMEOUT",
        "This process was paused during a login, so the login was taken back, and its session has ended. Sign in again.",
      );
    } finally {
      const patience = Math.max(end, performance.now() + this.#context.config.storeTimeout);
      await this.#try(async () => run(this.#underWay.leave(userId, own, patience)));
    }
  }

  /** The user's sessions in the order of their logins, without those that are being taken back. */
  async #signedIn(userId: string, end: number): Promise<SignedIn[]> {
    const found: SignedIn[] = [];
    for await (const record of recordsOf(this.#context, this.#store, { userId, end })) {
      const since = this.#withdrawals.has(record.id) ? undefined : signedInAt(this.#context, record);
      if (since !== undefined) found.push({ id: record.id, since });
    }
    return found.sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1));
  }

  async #evict(id: string): Promise<void> {
    if (await run(removeRecord(this.#context, this.#store, id)))
      this.#context.emit({ type: "evicted", id, by: "user-limit" });
  }

  /** The observer has been told of a failure. The login itself is durable, and the next one tries again. */
  async #try(work: () => Promise<void>): Promise<void> {
    await work().catch(() => undefined);
  }
}

/** When the user of a session signed in. `undefined`: a limit that its record does not know has ended it. */
function signedInAt(context: ManagerContext, record: StoredRecord): number | undefined {
  try {
    const state = storedState(record, context);
    return expired(state, context.config.limits, context.clock.now())
      ? undefined
      : (state.control.authenticatedAt ?? record.createdAt);
  } catch {
    return record.createdAt;
  }
}

function tooMany(others: number, max: number): SessionError {
  return new SessionError(
    "TOO_MANY_SESSIONS",
    `This user is signed in ${others} times and may be ${max} times (maxSessionsPerUser), so the login was not stored. Sign out elsewhere first.`,
  );
}
