/**
 * Refuses what a method does not take. A callback would never be called, and its request would hang; so this is thrown at
 * once, by methods that give a promise, too: who passes a callback awaits nothing.
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
