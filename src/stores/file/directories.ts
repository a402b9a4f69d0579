import { dirname } from "node:path";
import { afterPublishing } from "./errors.ts";
import { type Files, hasCode, type OpenDirectory, unless } from "./filesystem.ts";

/** Returns the names in a directory; none if the directory does not exist. */
export async function namesIn(
  files: Files,
  path: string,
  matches: (name: string) => boolean = () => true,
): Promise<string[]> {
  return ((await unless(["ENOENT"], files.list(path))) ?? []).filter(matches);
}

/** Creates a directory and its missing parents. */
export async function makeDirectories(files: Files, path: string): Promise<void> {
  const make = async (): Promise<void> => {
    await files.makeDirectory(path);
    await syncDirectory(files, dirname(path));
  };
  try {
    await unless(["EEXIST"], make());
  } catch (error) {
    if (!hasCode(error, "ENOENT") || dirname(path) === path) throw error;
    await makeDirectories(files, dirname(path));
    await unless(["EEXIST"], make());
  }
}

/** Removes a directory if it is empty. Returns whether it is gone. */
export async function removeEmpty(files: Files, path: string): Promise<boolean> {
  try {
    await files.removeDirectory(path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return true;
    if (hasCode(error, "ENOTEMPTY", "EEXIST", "ENOTDIR")) return false;
    throw error;
  }
}

export async function syncDirectory(files: Files, path: string): Promise<void> {
  const directory = await unless(["ENOENT"], files.openDirectory(path));
  if (!directory) return;
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/**
 * Publishes something in a directory and syncs the directory. The directory is opened first, so that after publishing only
 * a failing disk can prevent the sync. If opening fails with one of the codes in `despite`, publishes without a sync.
 * Returns `undefined` if there is no such directory.
 */
export async function publishIn(
  files: Files,
  path: string,
  publish: () => Promise<boolean>,
  despite: readonly string[] = [],
): Promise<boolean | undefined> {
  let directory: OpenDirectory;
  try {
    directory = await files.openDirectory(path);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return undefined;
    if (!hasCode(error, ...despite)) throw error;
    return publish();
  }
  try {
    const isPublished = await publish();
    if (isPublished) await afterPublishing(directory.sync());
    return isPublished;
  } finally {
    await directory.close();
  }
}
