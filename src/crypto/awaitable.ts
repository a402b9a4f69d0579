/** node:crypto answers at once and Web Crypto later; code written with these two stays synchronous wherever it can. */
export type Awaitable<T> = T | Promise<T>;

export function chain<T, U>(value: Awaitable<T>, next: (value: T) => Awaitable<U>): Awaitable<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

export function all<T>(values: readonly Awaitable<T>[]): Awaitable<T[]> {
  return values.some((value) => value instanceof Promise) ? Promise.all(values) : (values as T[]);
}
