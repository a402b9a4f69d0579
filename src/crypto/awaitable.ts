import type { Awaitable } from "../types/awaitable.ts";

/* node:crypto is synchronous and Web Crypto is not. Code written with `chain` and `all` stays synchronous where it can. */

export type { Awaitable };

/**
 * Checks for a `then` method rather than `instanceof Promise`: if an application replaces the global `Promise`, as
 * zone.js does, `async` functions still return native promises, which are not instances of the replacement.
 */
export const isPromise = <T>(value: Awaitable<T>): value is Promise<T> =>
  typeof (value as { then?: unknown } | undefined | null)?.then === "function";

/** Calls `next` with the value, at once if it is not a promise. */
export function chain<T, U>(value: Awaitable<T>, next: (value: T) => Awaitable<U>): Awaitable<U> {
  return isPromise(value) ? value.then(next) : next(value);
}

/** Waits for all values. Returns the array itself if none is a promise. */
export function all<T>(values: readonly Awaitable<T>[]): Awaitable<T[]> {
  return values.some(isPromise) ? Promise.all(values) : (values as T[]);
}
