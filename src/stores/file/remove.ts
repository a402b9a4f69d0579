import { basename, dirname, join } from "node:path";
import type { RecordKey } from "../../types/store.ts";
import { makeDirectories, namesIn, publishIn, removeEmpty } from "./directories.ts";
import type { Files } from "./filesystem.ts";
import { removeUserEntry } from "./index-entries.ts";
import {
  isBody,
  isSessionHash,
  isShard,
  nameOf,
  random,
  type SessionPath,
  sessionPathOf,
  sessionsOf,
  spaceOf,
} from "./layout.ts";
import { bestEffort, type Check, mapParallel, type Root } from "./root.ts";
import {
  type DirectorySnapshot,
  end,
  type LiveSnapshot,
  readDirectory,
  removeFiles,
  rename,
} from "./session-directory.ts";

/** Removes a session, even while other writers rename its head. Returns whether it was live. */
export async function remove(root: Root, key: RecordKey, check: Check): Promise<boolean> {
  const { files, moving } = root;
  const place = sessionPathOf(root.path, key);
  const gone = join(moving, `gone.${random()}`);
  const takeAway = async (): Promise<boolean> => {
    check();
    if (await rename(files, place.path, gone)) return true;
    if (!(await readDirectory(files, place.path))) return false;
    // Another process has removed the target directory.
    await makeDirectories(files, moving);
    check();
    return rename(files, place.path, gone);
  };
  // A rename needs no file descriptor. Without a free one the session still ends, but may reappear after a power failure.
  const isGone = await publishIn(files, dirname(place.path), takeAway, ["EMFILE", "ENFILE"]);
  if (!isGone) return false;
  const snapshot = await bestEffort(readDirectory(files, gone));
  if (snapshot) await bestEffort(removeEnded(files, { ...place, path: gone }, snapshot));
  return !snapshot || (snapshot.head !== undefined && !snapshot.isEnded);
}

/** Removes the files of an ended session. Returns whether its directory is gone. */
export async function removeEnded(
  files: Files,
  place: SessionPath,
  { head, ownNames }: DirectorySnapshot,
): Promise<boolean> {
  if (head) await removeUserEntry(files, place, head);
  return removeFiles(files, place.path, ownNames);
}

/** Ends a session, unless its head was renamed since the snapshot. */
export async function expire(files: Files, place: SessionPath, snapshot: LiveSnapshot): Promise<boolean> {
  const { head, ownNames } = snapshot;
  if (!(await end(files, place.path, head))) return false;
  await removeEnded(files, place, { ...snapshot, ownNames: [...ownNames.filter(isBody), nameOf(head, "over")] });
  return true;
}

/** Moves all sessions of a namespace away in one rename. Leaves files beyond one call's limit to `prune`. */
export async function clear(root: Root, namespace: string, check: Check): Promise<void> {
  const { files, moving } = root;
  const space = spaceOf(root.path, namespace);
  const cleared = `cleared.${basename(space)}.${random()}`;
  await makeDirectories(files, moving);
  const isCleared = await publishIn(files, space, () => {
    check();
    return rename(files, sessionsOf(space), join(moving, cleared));
  });
  if (isCleared) await bestEffort(removeCleared(root, cleared, maxRemovedAtOnce));
}

const maxRemovedAtOnce = 256;

/** Removes at most `limit` of the sessions that `clear` moved away. Returns the number of removed sessions. */
export async function removeCleared({ files, path, moving }: Root, name: string, limit: number): Promise<number> {
  const space = join(path, name.split(".")[1] as string);
  let removed = 0;
  for (const shard of await namesIn(files, join(moving, name), isShard)) {
    const shardPath = join(moving, name, shard);
    const hashes = (await namesIn(files, shardPath, isSessionHash)).slice(0, limit - removed);
    await mapParallel(hashes, async (hash) => {
      const snapshot = await readDirectory(files, join(shardPath, hash));
      if (snapshot) await removeEnded(files, { space, hash, path: join(shardPath, hash) }, snapshot);
    });
    removed += hashes.length;
    if (removed === limit) return removed;
    await removeEmpty(files, shardPath);
  }
  await removeEmpty(files, join(moving, name));
  return removed;
}
