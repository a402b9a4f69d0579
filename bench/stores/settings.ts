export interface StoreSettings {
  readonly rounds: number;
  /** Operations in flight at once. */
  readonly concurrency: number;
  /** Sessions that are there when operations are measured. */
  readonly sessions: number;
  /** How long one operation of one store is measured in each round, milliseconds. */
  readonly slice: number;
  readonly updates: number;
  /** How many sessions a store holds while the cost of its operations is measured again. */
  readonly sizes: readonly number[];
  /** The file store stops here: a million directories say nothing that these do not. */
  readonly filesAtMost: number;
  readonly expired: number;
}

export const fullRun: StoreSettings = {
  rounds: 3,
  concurrency: 20,
  sessions: 2_000,
  slice: 500,
  updates: 1_000,
  sizes: [1_000, 10_000, 100_000, 1_000_000],
  filesAtMost: 100_000,
  expired: 100_000,
};

export const quickRun: StoreSettings = {
  rounds: 2,
  concurrency: 20,
  sessions: 500,
  slice: 200,
  updates: 200,
  sizes: [1_000, 10_000],
  filesAtMost: 2_000,
  expired: 5_000,
};
