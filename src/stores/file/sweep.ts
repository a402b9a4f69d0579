import { join } from "node:path";
import { namesIn } from "./directories.ts";
import { addEntry, dropFiles, parseEntry, usersOf } from "./index-entries.ts";
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
import { expire, finish, removeCleared } from "./remove.ts";
import { type Check, eachOf, isAbandoned, type Root } from "./root.ts";
import {
  advance,
  isLive,
  type LiveSnapshot,
  readDirectory,
  removeBodies,
  removeFiles,
  rename,
} from "./session-directory.ts";

const mostCleared = 1_000;

/** Sets right what a crash has left in one part of a namespace. How many sessions were over, at most `limit`. */
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
  const over: { readonly place: SessionPath; readonly sight: LiveSnapshot }[] = [];
  await eachOf(await namesIn(files, join(sessionsOf(space), shard), isSessionHash), async (hash) => {
    const place = sessionPathAt(space, hash);
    const sight = await readDirectory(files, place.path);
    if (!sight) return;
    if (!isLive(sight)) {
      const isLeft = sight.isEnded || sight.own.length === 0 || (await isAbandoned(root, place.path));
      if (isLeft && !sight.hasForeign) await finish(files, place, sight);
    } else if (sight.head.expiresAt <= now) over.push({ place, sight });
    else await settle(root, place, sight);
  });
  const ended = await eachOf(over.slice(0, limit), ({ place, sight }) => expire(files, place, sight));
  check();
  await eachOf(await namesIn(files, join(usersOf(space), shard), isUser), async (user) => {
    const path = join(usersOf(space), shard, user);
    const names = await namesIn(files, path);
    const old = names.filter((name) => (parseEntry(name)?.until ?? Number.POSITIVE_INFINITY) <= now);
    await dropFiles(files, path, old, names.length - old.length);
  });
  return ended.filter(Boolean).length;
}

async function settle(root: Root, place: SessionPath, sight: LiveSnapshot): Promise<void> {
  const { files } = root;
  const { head, own } = sight;
  await addEntry(files, place, head);
  const strays = own.filter((name) => isBody(name) && name !== bodyName(head));
  const areAbandoned = await eachOf(strays, (name) => isAbandoned(root, join(place.path, name)));
  if (strays.length === 0 || areAbandoned.includes(false)) return;
  // Whoever wrote them and was stopped for so long must not make one of them the session's body when it is gone.
  if (await advance(files, place.path, head, { ...head, step: head.step + 1 })) {
    await removeBodies(files, place.path, sight, bodyName(head));
  }
}

/** Removes what was left on its way in or out. */
export async function sweepMoving(root: Root, check: Check): Promise<void> {
  const { files, moving } = root;
  for (const name of await namesIn(files, moving)) {
    check();
    const path = join(moving, name);
    if (/^cleared\.[0-9a-f]{32}\.[0-9a-f]{16}$/.test(name)) await removeCleared(root, name, mostCleared);
    if (!/^(new|gone)\.[0-9a-f]{16}$/.test(name) || !(await isAbandoned(root, path))) continue;
    // Renamed first, so that who was stopped for so long cannot move it in when it is half removed.
    const gone = join(moving, `gone.${random()}`);
    const sight = (await rename(files, path, gone)) ? await readDirectory(files, gone) : undefined;
    if (sight) await removeFiles(files, gone, sight.own);
  }
}
