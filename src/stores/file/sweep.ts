import { join } from "node:path";
import { namesIn } from "./directories.ts";
import { addEntry, parseEntry, removeIndexFiles, usersOf } from "./index-entries.ts";
import {
  bodyName,
  isBody,
  isSessionHash,
  isUser,
  random,
  type SessionPath,
  sessionPathAt,
  sessionsOf,
} from "./layout.ts";
import { expire, removeCleared, removeEnded } from "./remove.ts";
import { type Check, isAbandoned, mapParallel, type Root } from "./root.ts";
import {
  advance,
  isLive,
  type LiveSnapshot,
  readDirectory,
  removeBodies,
  removeFiles,
  rename,
} from "./session-directory.ts";

const maxCleared = 1_000;

/** Repairs what a crash has left in one shard of a namespace. Returns the number of ended sessions, at most `limit`. */
export async function sweepShard(
  root: Root,
  space: string,
  shard: string,
  now: number,
  limit: number,
  check: Check,
): Promise<number> {
  check();
  const { files } = root;
  const expired: { readonly place: SessionPath; readonly snapshot: LiveSnapshot }[] = [];
  await mapParallel(await namesIn(files, join(sessionsOf(space), shard), isSessionHash), async (hash) => {
    const place = sessionPathAt(space, hash);
    const snapshot = await readDirectory(files, place.path);
    if (!snapshot) return;
    if (!isLive(snapshot)) {
      const isLeft = snapshot.isEnded || snapshot.ownNames.length === 0 || (await isAbandoned(root, place.path));
      if (isLeft && !snapshot.hasForeign) await removeEnded(files, place, snapshot);
    } else if (snapshot.head.expiresAt <= now) expired.push({ place, snapshot });
    else await repair(root, place, snapshot);
  });
  const ended = await mapParallel(expired.slice(0, limit), ({ place, snapshot }) => expire(files, place, snapshot));
  check();
  await mapParallel(await namesIn(files, join(usersOf(space), shard), isUser), async (user) => {
    const path = join(usersOf(space), shard, user);
    const names = await namesIn(files, path);
    const old = names.filter((name) => (parseEntry(name)?.until ?? Number.POSITIVE_INFINITY) <= now);
    await removeIndexFiles(files, path, old, names.length - old.length);
  });
  return ended.filter(Boolean).length;
}

async function repair(root: Root, place: SessionPath, snapshot: LiveSnapshot): Promise<void> {
  const { files } = root;
  const { head, ownNames } = snapshot;
  await addEntry(files, place, head);
  const strays = ownNames.filter((name) => isBody(name) && name !== bodyName(head));
  const areAbandoned = await mapParallel(strays, (name) => isAbandoned(root, join(place.path, name)));
  if (strays.length === 0 || areAbandoned.includes(false)) return;
  // Rename the head first: a writer that was paused for so long must not publish a body after it is removed.
  if (await advance(files, place.path, head, { ...head, step: head.step + 1 })) {
    await removeBodies(files, place.path, snapshot, bodyName(head));
  }
}

/** Removes abandoned files from the staging directory. */
export async function sweepMoving(root: Root, check: Check): Promise<void> {
  const { files, moving } = root;
  for (const name of await namesIn(files, moving)) {
    check();
    const path = join(moving, name);
    if (/^cleared\.[0-9a-f]{32}\.[0-9a-f]{16}$/.test(name)) await removeCleared(root, name, maxCleared);
    if (!/^(new|gone)\.[0-9a-f]{16}$/.test(name) || !(await isAbandoned(root, path))) continue;
    // Renamed first, so that a process that was paused for so long cannot publish it half removed.
    const gone = join(moving, `gone.${random()}`);
    const snapshot = (await rename(files, path, gone)) ? await readDirectory(files, gone) : undefined;
    if (snapshot) await removeFiles(files, gone, snapshot.ownNames);
  }
}
