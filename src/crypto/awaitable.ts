/** node:crypto answers at once and Web Crypto later; code written with these two stays synchronous wherever it can. */
export type Awaitable<T> = T | Promise<T>;

/**
 * Told by its shape: where an application has put another class in the place of the global `Promise`, as zone.js does,
 * `async` functions still give the engine's own promises, which are no instances of that class, and the other way round.
 */
export const isPromise = <T>(value: Awaitable<T>): value is Promise<T> =>
  typeof (value as { then?: unknown } | undefined | null)?.then === "function";

export function chain<T, U>(value: Awaitable<T>, next: (value: T) => Awaitable<U>): Awaitable<U> {
  return isPromise(value) ? value.then(next) : next(value);
}

export function all<T>(values: readonly Awaitable<T>[]): Awaitable<T[]> {
  return values.some(isPromise) ? Promise.all(values) : (values as T[]);
}
