import { newCommitId } from "../commit/commit-ids.ts";
import type { Flow } from "../language/flow.ts";
import type { ManagerContext } from "../runtime/context.ts";
import type { Notes } from "./notes.ts";

/** A login of a user that has begun and may not be in the store's list yet. */
export interface LoginUnderWay {
  readonly key: string;
  /** Its session. */
  readonly id: string;
  /** When it is over at the latest, in epoch milliseconds. */
  readonly until: number;
}

/**
 * Keeps the logins of each user that are under way in one order for all processes. So each login knows which ones began
 * before it, and no two of them take the last place.
 */
export class LoginsUnderWay {
  readonly #context: ManagerContext;
  readonly #notes: Notes;
  /** How long a login may take. One of a process that has ended is forgotten after that, in milliseconds. */
  readonly #longest: number;

  constructor(context: ManagerContext, notes: Notes) {
    this.#context = context;
    this.#notes = notes;
    this.#longest = context.config.commitTimeout + context.config.storeTimeout;
  }

  /** Adds a login to those under way. Returns it, and the sessions of those before it. @throws SessionError */
  *enter(userId: string, id: string, end: number): Flow<{ own: LoginUnderWay; before: readonly string[] }> {
    const own = { key: newCommitId(), id, until: this.#context.clock.now() + this.#longest };
    let before: readonly LoginUnderWay[] = [];
    yield* this.#change(userId, end, (others) => {
      before = others.filter(({ key }) => key !== own.key);
      return [...before, own];
    });
    return { own, before: before.map((one) => one.id) };
  }

  /** Removes a login when the store's list has its session, or never will. @throws SessionError */
  *leave(userId: string, own: LoginUnderWay, end: number): Flow<void> {
    yield* this.#change(userId, end, (all) => all.filter(({ key }) => key !== own.key));
  }

  *#change(
    userId: string,
    end: number,
    change: (all: readonly LoginUnderWay[]) => readonly LoginUnderWay[],
  ): Flow<void> {
    const now = this.#context.clock.now();
    // One that is due later than any can be is from a clock that is ahead.
    const isUnderWay = ({ until }: LoginUnderWay): boolean => until > now && until <= now + 2 * this.#longest;
    const next = (all: readonly LoginUnderWay[] = []) => change(all.filter(isUnderWay));
    yield* this.#notes.write(`logins ${userId}`, now + 2 * this.#longest, next, end);
  }
}
