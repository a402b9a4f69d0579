import { basename, dirname, join } from "node:path";
import type { RecordKey } from "../../types/store.ts";
import { makeDirectories, namesIn, publishIn, removeEmpty } from "./directories.ts";
import type { Files } from "./filesystem.ts";
import { withdraw } from "./index-entries.ts";
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
import { bestEffort, type Check, eachOf, type Root } from "./root.ts";
import {
  type DirectorySnapshot,
  end,
  type LiveSnapshot,
  readDirectory,
  removeFiles,
  rename,
} from "./session-directory.ts";

/** Takes a session out of its place, whatever becomes of its head meanwhile. Whether there was one that went on. */
export async function remove(root: Root, key: RecordKey, check: Check): Promise<boolean> {
  const { files, moving } = root;
  const place = sessionPathOf(root.path, key);
  const gone = join(moving, `gone.${random()}`);
  const takeAway = async (): Promise<boolean> => {
    check();
    if (await rename(files, place.path, gone)) return true;
    if (!(await readDirectory(files, place.path))) return false;
    // Somebody has tidied up where it was to go.
    await makeDirectories(files, moving);
    check();
    return rename(files, place.path, gone);
  };
  // To rename needs no open file. Where there can be none, the session ends all the same, but might survive a power failure.
  const isGone = await publishIn(files, dirname(place.path), takeAway, ["EMFILE", "ENFILE"]);
  if (!isGone) return false;
  const sight = await bestEffort(readDirectory(files, gone));
  if (sight) await bestEffort(finish(files, { ...place, path: gone }, sight));
  return !sight || (sight.head !== undefined && !sight.isEnded);
}

/** Removes what is left of a session that is over. Whether that was all there was. */
export async function finish(files: Files, place: SessionPath, { head, own }: DirectorySnapshot): Promise<boolean> {
  if (head) await withdraw(files, place, head);
  return removeFiles(files, place.path, own);
}

/** Ends a session, unless anything has moved it since it was seen. */
export async function expire(files: Files, place: SessionPath, sight: LiveSnapshot): Promise<boolean> {
  const { head, own } = sight;
  if (!(await end(files, place.path, head))) return false;
  await finish(files, place, { ...sight, own: [...own.filter(isBody), nameOf(head, "over")] });
  return true;
}

/** Takes all sessions of a namespace away at once. What is too much to remove in one call is left to `prune`. */
export async function clear(root: Root, namespace: string, check: Check): Promise<void> {
  const { files, moving } = root;
  const space = spaceOf(root.path, namespace);
  const cleared = `cleared.${basename(space)}.${random()}`;
  await makeDirectories(files, moving);
  const isCleared = await publishIn(files, space, () => {
    check();
    return rename(files, sessionsOf(space), join(moving, cleared));
  });
  if (isCleared) await bestEffort(removeCleared(root, cleared, mostAtOnce));
}

const mostAtOnce = 256;

/** Removes sessions that `clear` took away, at most so many; how many there were. */
export async function removeCleared({ files, path, moving }: Root, name: string, limit: number): Promise<number> {
  const space = join(path, name.split(".")[1] as string);
  let removed = 0;
  for (const shard of await namesIn(files, join(moving, name), isShard)) {
    const shardPath = join(moving, name, shard);
    const hashes = (await namesIn(files, shardPath, isSessionHash)).slice(0, limit - removed);
    await eachOf(hashes, async (hash) => {
      const sight = await readDirectory(files, join(shardPath, hash));
      if (sight) await finish(files, { space, hash, path: join(shardPath, hash) }, sight);
    });
    removed += hashes.length;
    if (removed === limit) return removed;
    await removeEmpty(files, shardPath);
  }
  await removeEmpty(files, join(moving, name));
  return removed;
}
