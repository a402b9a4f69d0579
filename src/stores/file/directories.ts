import { dirname } from "node:path";
import { settling } from "./errors.ts";
import { type Files, hasCode, type OpenDirectory, unless } from "./filesystem.ts";

/** What there is in a directory; nothing if there is none. */
export async function namesIn(
  files: Files,
  path: string,
  are: (name: string) => boolean = () => true,
): Promise<string[]> {
  return ((await unless(["ENOENT"], files.list(path))) ?? []).filter(are);
}

/** Makes a directory and those above it that are missing. */
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

/** Whether nothing is left. */
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
 * Publishes something in a directory and brings it to the disk. The directory is opened before, so that afterwards nothing
 * but a failing disk can be in the way; where that fails for one of the reasons named, it is published all the same.
 * `undefined`: there is no such directory.
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
    if (isPublished) await settling(directory.sync());
    return isPublished;
  } finally {
    await directory.close();
  }
}
