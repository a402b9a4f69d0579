/** Bounds of histograms of store operations, in seconds: from one that answers at once to one that is given up. */
export const secondsBuckets: readonly number[] = [
  0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** Bounds of histograms of a commit's attempts. */
export const attemptsBuckets: readonly number[] = [1, 2, 3, 5, 8, 13, 21];
