import { join } from "node:path";
import { unless } from "./_file-disk.ts";
import { addEntry, dropFiles, parseEntry, usersOf } from "./_file-index.ts";
import { isPlace, isUser, type Place, placeAt, random, sessionsOf } from "./_file-names.ts";
import { expire, finish, removeCleared } from "./_file-removal.ts";
import { type Check, eachOf, type Root } from "./_file-root.ts";
import { dismantle, isLive, type LiveSight, look, rename } from "./_file-session.ts";

/** Nobody who works on something takes that long; who was stopped for longer finds it gone, and has written nothing. */
const abandoned = 3_600_000;
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
  const over: { readonly place: Place; readonly sight: LiveSight }[] = [];
  await eachOf(await namesIn(root, join(sessionsOf(space), shard), isPlace), async (hash) => {
    const place = placeAt(space, hash);
    const sight = await look(files, place.path);
    if (!sight) return;
    if (!isLive(sight)) {
      const isLeft = sight.isOver || sight.own.length === 0 || (await isAbandoned(root, place.path));
      if (isLeft && !sight.hasForeign) await finish(files, place, sight);
    } else if (sight.head.expiresAt <= now) over.push({ place, sight });
    else await addEntry(files, place, sight.head);
  });
  const ended = await eachOf(over.slice(0, limit), ({ place, sight }) => expire(files, place, sight));
  check();
  await eachOf(await namesIn(root, join(usersOf(space), shard), isUser), async (user) => {
    const path = join(usersOf(space), shard, user);
    const names = (await unless(["ENOENT"], files.list(path))) ?? [];
    const old = names.filter((name) => (parseEntry(name)?.until ?? Number.POSITIVE_INFINITY) <= now);
    await dropFiles(files, path, old, names.length - old.length);
  });
  return ended.filter(Boolean).length;
}

/** Removes what was left on its way in or out. */
export async function sweepMoving(root: Root, check: Check): Promise<void> {
  const { files, moving } = root;
  for (const name of await namesIn(root, moving, () => true)) {
    check();
    const path = join(moving, name);
    if (/^cleared\.[0-9a-f]{32}\.[0-9a-f]{16}$/.test(name)) await removeCleared(root, name, mostCleared);
    if (!/^(new|gone)\.[0-9a-f]{16}$/.test(name) || !(await isAbandoned(root, path))) continue;
    // Renamed first, so that who was stopped for so long cannot move it in when it is half removed.
    const gone = join(moving, `gone.${random()}`);
    const sight = (await rename(files, path, gone)) ? await look(files, gone) : undefined;
    if (sight) await dismantle(files, gone, sight.own);
  }
}

async function isAbandoned({ files }: Root, path: string): Promise<boolean> {
  const changedAt = await unless(["ENOENT"], files.changedAt(path));
  return changedAt !== undefined && changedAt + abandoned < Date.now();
}

async function namesIn({ files }: Root, path: string, are: (name: string) => boolean): Promise<string[]> {
  return ((await unless(["ENOENT"], files.list(path))) ?? []).filter(are);
}
