import type { BreakerChange } from "../../shared/breaker-change.ts";
import type { StoreTiming } from "../../shared/timing.ts";
import type { StoreOperation } from "../../shared/wrap-store.ts";

/** So many of the newest operations of each kind are looked at. */
const KEPT = 500;

/** What operations of one kind took, in milliseconds. */
export interface Latency {
  readonly operation: StoreOperation;
  readonly count: number;
  readonly failed: number;
  /** Of the newest 500. */
  readonly median: number;
  readonly slow: number;
}

/** Keeps for the operators' page what a store takes and whether its breaker is open. */
export interface StoreWatch {
  /** Give it to `timedStore()` of `coatcheck/observe`. */
  readonly timing: (timing: StoreTiming) => void;
  /** Give it to `breaker()` of `coatcheck/resilience` as `onChange`. */
  readonly breaker: (change: BreakerChange) => void;
  /** What each kind of operation took. */
  latencies(): Latency[];
  /** The newest state of each breaker, by the store's name. */
  breakers(): BreakerChange[];
}

/**
 * Creates what keeps the numbers of a store for `adminHandler()`. Each of its two listeners works without the other.
 *
 * @example
 * const watch = storeWatch();
 * const store = timedStore(breaker(postgresStore({ url }), { onChange: watch.breaker }), watch.timing);
 */
export function storeWatch(): StoreWatch {
  const kinds = new Map<StoreOperation, { count: number; failed: number; times: number[] }>();
  const breakers = new Map<string, BreakerChange>();
  return {
    timing({ operation, outcome, milliseconds }) {
      const kind = kinds.get(operation) ?? { count: 0, failed: 0, times: [] };
      kinds.set(operation, kind);
      kind.times[kind.count % KEPT] = milliseconds;
      kind.count++;
      if (outcome === "failed") kind.failed++;
    },
    breaker: (change) => void breakers.set(change.store, change),
    latencies: () =>
      [...kinds].map(([operation, { count, failed, times }]) => {
        const sorted = times.toSorted((a, b) => a - b);
        const at = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))] ?? 0;
        return { operation, count, failed, median: at(0.5), slow: at(0.99) };
      }),
    breakers: () => [...breakers.values()],
  };
}
