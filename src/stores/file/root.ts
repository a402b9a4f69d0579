import { type Files, unless } from "./filesystem.ts";

export interface Root {
  readonly files: Files;
  readonly path: string;
  /** Staging directory: sessions are built here, and removed ones are moved here. */
  readonly moving: string;
}

/** Throws if the caller has stopped waiting. */
export type Check = () => void;

/** Awaits cleanup after a completed write. Ignores failures, because `prune` cleans up later. */
export async function bestEffort<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch {
    return undefined;
  }
}

/** Maps items in parallel, a few at a time. Returns the results in the order of the items. */
export async function mapParallel<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const rest = items.entries();
  const lane = async (): Promise<void> => {
    for (const [n, item] of rest) results[n] = await act(item);
  };
  await Promise.all(Array.from({ length: Math.min(parallelism, items.length) }, lane));
  return results;
}

/** Slightly more than the four threads of Node's file system pool. */
const parallelism = 8;

/** Files older than this are abandoned. A process that was paused for longer finds them gone, and its write fails cleanly. */
const abandonedAfterMs = 3_600_000;

/** Returns whether a file or directory is too old to be part of a running operation. */
export async function isAbandoned({ files }: Root, path: string): Promise<boolean> {
  const changedAt = await unless(["ENOENT"], files.changedAt(path));
  return changedAt !== undefined && changedAt + abandonedAfterMs < Date.now();
}
