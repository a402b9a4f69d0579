import type { SessionStore } from "../../types/store.ts";
import { quietly } from "./quietly.ts";
import { type Ending, watchCall } from "./watch-call.ts";
import { type Around, type StoreOperation, wrapStore } from "./wrap-store.ts";

/**
 * Tells what came of an operation. `missing`: `read` and `delete` found no record. `refused`: `create`, `replace` or `touch`
 * wrote nothing, because the record was there already, was changed, or is gone. `failed`: it threw, or its caller stopped
 * waiting.
 */
export type StoreOutcome = "ok" | "missing" | "refused" | "failed";

/** Describes one operation of a store, once it has ended. */
export interface StoreTiming {
  /** The store's name, such as `postgres`. */
  readonly store: string;
  readonly operation: StoreOperation;
  readonly outcome: StoreOutcome;
  readonly milliseconds: number;
  /** What it failed with. `undefined` unless `outcome` is `failed`. */
  readonly error: unknown;
}

/** Receives what every operation of a store took. Exceptions and rejections are ignored. */
export type StoreTimingListener = (timing: StoreTiming) => void;

const unsuccessful: { readonly [Operation in StoreOperation]?: StoreOutcome } = {
  read: "missing",
  delete: "missing",
  create: "refused",
  replace: "refused",
  touch: "refused",
};

export function outcomeOf(operation: StoreOperation, ending: Ending<unknown>): StoreOutcome {
  if ("error" in ending) return "failed";
  return (ending.value === undefined || ending.value === false ? unsuccessful[operation] : undefined) ?? "ok";
}

/** Tells a listener what an operation took. `isOn`: while it is false, the store is asked as it is. */
export function timing(store: string, listener: StoreTimingListener, isOn: () => boolean = () => true): Around {
  return (operation, run, call) => {
    if (!isOn()) return run();
    const start = performance.now();
    return watchCall(run, call, (ending) => {
      const error = "error" in ending ? ending.error : undefined;
      const outcome = outcomeOf(operation, ending);
      const milliseconds = performance.now() - start;
      quietly(() => listener({ store, operation, outcome, milliseconds, error }));
    });
  };
}

/**
 * Returns the same store, and tells a listener what each of its operations took and what came of it. A store that answers
 * at once stays one.
 *
 * @example
 * const store = timedStore(sqliteStore({ path: "sessions.db" }), ({ operation, milliseconds }) => {
 *   if (milliseconds > 100) log.warn({ operation, milliseconds }, "slow session store");
 * });
 *
 * @throws SessionError INVALID_OPTION
 */
export function timedStore(store: SessionStore, listener: StoreTimingListener): SessionStore {
  return wrapStore(store, "timedStore()", timing(store?.name, listener));
}
