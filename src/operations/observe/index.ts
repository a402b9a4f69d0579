export { type StoreOutcome, type StoreTiming, type StoreTimingListener, timedStore } from "../shared/timing.ts";
export type { StoreOperation } from "../shared/wrap-store.ts";
export { type DebugOptions, debugObserver } from "./debug-observer.ts";
