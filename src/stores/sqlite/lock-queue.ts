import { maxSliceMs } from "../../core/language/breaks.ts";
import type { SessionError } from "../../types/errors.ts";
import type { StoreCall } from "../../types/store.ts";
import { isBusy } from "./errors.ts";

/** Milliseconds; how long who gives no signal waits for a lock. */
const patience = 5_000;
/** Milliseconds between two attempts; the longer the lock is held, the rarer. */
const shortest = 1;
const longest = 25;

interface Waiter {
  /** False: the lock is still held. */
  attempt(): boolean;
  refuse(error: unknown): void;
}

/**
 * Work that needs a lock which somebody else may hold. SQLite itself would wait inside of the call and keep the whole process
 * from running, so waiting is done here: in a queue whose first one asks now and then, from the event loop.
 */
export class LockQueue {
  readonly #waiting = new Set<Waiter>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #delay = shortest;

  /**
   * Does the work at once, or when the lock is free and whoever came before is served.
   *
   * @param refusal what is told to who waited in vain
   */
  run<T>(work: () => T, refusal: (waited: number, cause: unknown) => SessionError, call?: StoreCall): T | Promise<T> {
    let cause: unknown;
    if (this.#waiting.size === 0) {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error)) throw error;
        cause = error;
      }
    }
    return this.#wait(work, (waited, busy) => refusal(waited, busy ?? cause), call?.signal);
  }

  /** Refuses everybody who waits. */
  close(error: SessionError): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const waiter of this.#waiting) waiter.refuse(error);
  }

  #wait<T>(
    work: () => T,
    refusal: (waited: number, cause: unknown) => SessionError,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const start = performance.now();
    return new Promise((resolve, reject) => {
      let busy: unknown;
      const giveUp = (): void => waiter.refuse(refusal(performance.now() - start, busy));
      const timer = signal ? undefined : setTimeout(giveUp, patience);
      const leave = (): void => {
        this.#waiting.delete(waiter);
        clearTimeout(timer);
        signal?.removeEventListener("abort", giveUp);
      };
      const waiter: Waiter = {
        attempt: () => {
          try {
            const result = work();
            leave();
            resolve(result);
          } catch (error) {
            if (isBusy(error)) {
              busy = error;
              return false;
            }
            waiter.refuse(error);
          }
          return true;
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
      };
      if (signal?.aborted) return giveUp();
      signal?.addEventListener("abort", giveUp, { once: true });
      this.#waiting.add(waiter);
      if (this.#timer === undefined) this.#schedule();
    });
  }

  #schedule(): void {
    this.#timer = setTimeout(this.#serve, this.#delay * (0.5 + Math.random()));
  }

  /** Serves the first ones, until the lock is held by somebody else or others of this process have waited long enough. */
  readonly #serve = (): void => {
    const end = performance.now() + maxSliceMs;
    this.#timer = undefined;
    for (const waiter of this.#waiting) {
      if (!waiter.attempt()) {
        this.#delay = Math.min(2 * this.#delay, longest);
        break;
      }
      this.#delay = shortest;
      if (performance.now() >= end) break;
    }
    if (this.#waiting.size > 0) this.#schedule();
    else this.#delay = shortest;
  };
}
