import { join } from "node:path";
import { namesIn } from "./directories.ts";
import { addEntry, dropFiles, parseEntry, usersOf } from "./index-entries.ts";
import { bodyName, isBody, isPlace, isUser, type Place, placeAt, random, sessionsOf } from "./layout.ts";
import { expire, finish, removeCleared } from "./remove.ts";
import { type Check, eachOf, isAbandoned, type Root } from "./root.ts";
import { advance, dismantle, isLive, type LiveSight, look, removeBodies, rename } from "./session-directory.ts";

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
  await eachOf(await namesIn(files, join(sessionsOf(space), shard), isPlace), async (hash) => {
    const place = placeAt(space, hash);
    const sight = await look(files, place.path);
    if (!sight) return;
    if (!isLive(sight)) {
      const isLeft = sight.isOver || sight.own.length === 0 || (await isAbandoned(root, place.path));
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

async function settle(root: Root, place: Place, sight: LiveSight): Promise<void> {
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
    const sight = (await rename(files, path, gone)) ? await look(files, gone) : undefined;
    if (sight) await dismantle(files, gone, sight.own);
  }
}
