/**
 * Rejects an argument that a method does not accept, such as a callback, which would never be called. Throws
 * synchronously, also in methods that return a promise: a caller that passes a callback does not await.
 *
 * @throws TypeError
 */
export function refuseExtra(method: string, extra: unknown): void {
  if (extra === undefined) return;
  if (typeof extra === "function") {
    throw new TypeError(`${method}() takes no callback; await it, and go on in the next line. Nothing was done.`);
  }
  throw new TypeError(`${method}() was given an argument that it does not take. Nothing was done.`);
}
