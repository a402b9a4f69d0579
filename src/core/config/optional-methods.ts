import type { SessionStore } from "../../types/store.ts";

const optional = ["list", "prune", "clear", "count", "setup", "time", "close", "onEvict", "onWarning"] as const;

/** Returns those of the optional methods that a store has, bound to it, for a store that is made around it. */
export function optionalMethods(store: SessionStore): Pick<SessionStore, (typeof optional)[number]> {
  const methods = optional.flatMap((name) => {
    const method = store[name] as ((...args: unknown[]) => unknown) | undefined;
    return method ? [[name, method.bind(store)]] : [];
  });
  return Object.fromEntries(methods);
}
