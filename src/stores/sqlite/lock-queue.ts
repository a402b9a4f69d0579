import { maxSliceMs } from "../../core/language/breaks.ts";
import type { SessionError } from "../../types/errors.ts";
import type { StoreCall } from "../../types/store.ts";
import { isBusy } from "./errors.ts";

/** How long an operation without a signal waits for a lock. */
const defaultWaitMs = 5_000;
/** Bounds of the delay between two attempts; it doubles while the lock is held. */
const minDelayMs = 1;
const maxDelayMs = 25;

interface Waiter {
  /** Returns false while the lock is held. */
  attempt(): boolean;
  refuse(error: unknown): void;
}

/**
 * A queue of operations that need a lock which another connection may hold. SQLite itself would wait inside the call and
 * block the whole process, so operations wait here instead: a timer retries the first one.
 */
export class LockQueue {
  readonly #waiting = new Set<Waiter>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #delay = minDelayMs;

  /**
   * Does the work at once, or after the operations before it, as soon as the lock is free.
   *
   * @param refusal creates the error for an operation that waited too long
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

  /** Rejects all waiting operations. */
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
      const timer = signal ? undefined : setTimeout(giveUp, defaultWaitMs);
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

  /** Runs waiting operations until another connection holds the lock or the time slice is used up. */
  readonly #serve = (): void => {
    const end = performance.now() + maxSliceMs;
    this.#timer = undefined;
    for (const waiter of this.#waiting) {
      if (!waiter.attempt()) {
        this.#delay = Math.min(2 * this.#delay, maxDelayMs);
        break;
      }
      this.#delay = minDelayMs;
      if (performance.now() >= end) break;
    }
    if (this.#waiting.size > 0) this.#schedule();
    else this.#delay = minDelayMs;
  };
}
