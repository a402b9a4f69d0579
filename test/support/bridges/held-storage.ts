import type { UnstorageStorage } from "coatcheck/bridges/unstorage";
import { createStorage } from "unstorage";

type Method = "getItem" | "setItem" | "removeItem";

/** A real storage whose answers, or whose work, can be kept waiting. */
export interface HeldStorage extends UnstorageStorage {
  /** What was asked, in order. */
  readonly calls: Method[];
  /** Keeps the next call of a method waiting until `release`; without it for ever. */
  hold(method: Method): { readonly isReached: () => boolean; release(): void };
  fail(method: Method, error: Error): void;
}

export function heldStorage(storage: UnstorageStorage = createStorage()): HeldStorage {
  const calls: Method[] = [];
  const gates: { method: Method; wait: () => Promise<void> }[] = [];
  const pass = async (method: Method): Promise<void> => {
    calls.push(method);
    const at = gates.findIndex((gate) => gate.method === method);
    if (at >= 0) await gates.splice(at, 1)[0]?.wait();
  };
  return {
    calls,
    hold(method) {
      let isReached = false;
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      const wait = (): Promise<void> => {
        isReached = true;
        return released;
      };
      gates.push({ method, wait });
      return { isReached: () => isReached, release };
    },
    fail: (method, error) => void gates.push({ method, wait: () => Promise.reject(error) }),
    getItem: (key) => pass("getItem").then(() => storage.getItem(key)),
    setItem: (key, value, options) => pass("setItem").then(() => storage.setItem(key, value, options)),
    removeItem: (key) => pass("removeItem").then(() => storage.removeItem(key)),
    getKeys: (base) => storage.getKeys(base),
  };
}
