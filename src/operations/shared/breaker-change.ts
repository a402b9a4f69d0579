/** `closed`: calls go to the store. `open`: they fail at once. `half-open`: one of them tries whether the store is back. */
export type BreakerState = "closed" | "half-open" | "open";

/** Describes a new state of a breaker. */
export interface BreakerChange {
  /** The store's name, such as `postgres`. */
  readonly store: string;
  readonly state: BreakerState;
  /** What the store failed with last. `undefined` if it has not failed yet. */
  readonly error: unknown;
}
