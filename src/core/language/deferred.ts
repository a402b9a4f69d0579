import type { Awaitable } from "../../crypto/awaitable.ts";

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/** A value that another function provides, now or later. Makes a promise only if the value is requested before. */
export class Deferred<T> {
  #outcome: Outcome<T> | undefined;
  #notify: ((outcome: Outcome<T>) => void) | undefined;

  /** Provides the value. Only the first call of `resolve` or `reject` counts. */
  resolve(value: T): void {
    this.#settle({ value });
  }

  reject(error: unknown): void {
    this.#settle({ error });
  }

  /** Returns the value, or a promise if it is not there yet. Call it once. @throws the error, if it is there */
  result(): Awaitable<T> {
    if (this.#outcome) return unpack(this.#outcome);
    return new Promise((resolve, reject) => {
      this.#notify = (outcome) => ("value" in outcome ? resolve(outcome.value) : reject(outcome.error));
    });
  }

  #settle(outcome: Outcome<T>): void {
    if (this.#outcome) return;
    this.#outcome = outcome;
    this.#notify?.(outcome);
  }
}

function unpack<T>(outcome: Outcome<T>): T {
  if ("value" in outcome) return outcome.value;
  throw outcome.error;
}
