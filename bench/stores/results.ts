import type { Surroundings } from "../measure/versions.ts";
import type { GrowthRow } from "./growth.ts";
import type { OperationRow } from "./operations.ts";
import type { PruneRow } from "./pruning.ts";
import type { RoundTrips } from "./round-trips.ts";
import type { StoreSettings } from "./settings.ts";
import type { UpdateRow } from "./updates.ts";

/** One store of ours, with its peer where there is one. */
export interface Comparison {
  /** Such as "PostgreSQL 15.18". */
  readonly backend: string;
  readonly names: readonly string[];
  readonly operations: readonly OperationRow[];
  readonly updates: readonly UpdateRow[];
  /** Undefined where no server is asked. */
  readonly roundTrips: readonly RoundTrips[] | undefined;
}

export interface StoreResults {
  readonly settings: StoreSettings;
  readonly surroundings: Surroundings;
  readonly comparisons: readonly Comparison[];
  readonly growth: readonly GrowthRow[];
  readonly pruning: readonly PruneRow[];
}
