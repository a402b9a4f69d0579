import { type Files, unless } from "./filesystem.ts";

/** The directory of a store. */
export interface Root {
  readonly files: Files;
  readonly path: string;
  /** Where sessions are put together, and where they go. */
  readonly moving: string;
}

/** Throws when the caller has stopped waiting. */
export type Check = () => void;

/** For what is done after the deed: it may be left to `prune`. */
export async function bestEffort<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch {
    return undefined;
  }
}

/** Does a thing for each of many, a few at a time, and gives the results in the order of the items. */
export async function eachOf<Item, Result>(
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

/** Somewhat more than the four that Node's file system works on at a time. */
const parallelism = 8;

/** Nobody who works on something takes that long; who was stopped for longer finds it gone, and has written nothing. */
const longestWork = 3_600_000;

/** Whether nobody can be at work on a file or directory any more. */
export async function isAbandoned({ files }: Root, path: string): Promise<boolean> {
  const changedAt = await unless(["ENOENT"], files.changedAt(path));
  return changedAt !== undefined && changedAt + longestWork < Date.now();
}
