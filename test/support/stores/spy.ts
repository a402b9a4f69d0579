import type { SessionStore } from "coatcheck";

type Method = "read" | "create" | "replace" | "touch" | "delete" | "list" | "prune";

/** A real store that counts its calls, and can be told to fail before or after it did the work. */
export function spyOn(store: SessionStore): SessionStore & {
  calls: Method[];
  /** Fails the next calls of a method. `after`: it did the work and its answer was lost. */
  fail(method: Method, when: "before" | "after", times?: number, error?: unknown): void;
  /** Waits before a method does its work. */
  delay(method: Method, wait: (() => Promise<void>) | undefined): void;
} {
  const calls: Method[] = [];
  const faults: { method: Method; when: "before" | "after"; times: number; error: unknown }[] = [];
  const delays = new Map<Method, () => Promise<void>>();
  const wrap = <F extends (...args: never[]) => unknown>(method: Method, run: F): F =>
    (async (...args: never[]) => {
      calls.push(method);
      await delays.get(method)?.();
      const fault = faults.find((one) => one.method === method && one.times > 0);
      if (fault) fault.times--;
      if (fault?.when === "before") throw fault.error;
      const result = await run(...args);
      if (fault) throw fault.error;
      return result;
    }) as F;
  return {
    ...store,
    read: wrap("read", store.read),
    create: wrap("create", store.create),
    replace: wrap("replace", store.replace),
    touch: wrap("touch", store.touch),
    delete: wrap("delete", store.delete),
    ...(store.list && { list: wrap("list", store.list) }),
    ...(store.prune && { prune: wrap("prune", store.prune) }),
    calls,
    fail: (method, when, times = 1, error = new Error("injected: connection reset")) =>
      void faults.push({ method, when, times, error }),
    delay: (method, wait) => void (wait ? delays.set(method, wait) : delays.delete(method)),
  };
}
