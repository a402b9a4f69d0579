import { randomInt } from "node:crypto";
import { join } from "node:path";
import { unless } from "./_file-disk.ts";
import { addDeadline, type Deadline, deadlinesOf, dropFiles, hourOf, parseDeadline } from "./_file-index.ts";
import { isSpace, placeAt } from "./_file-names.ts";
import { expire, finish } from "./_file-removal.ts";
import { type Check, eachOf, type Root } from "./_file-root.ts";
import { isLive, look } from "./_file-session.ts";
import { sweepMoving, sweepShard } from "./_file-sweep.ts";

/** The most deadlines that one call looks into. What is left comes next time: those looked at are settled. */
const mostDeadlines = 10_000;

/**
 * Removes sessions whose deadline is over. Looks at those that may be over by their first deadline, once each, and
 * besides at one of 256 parts of all sessions, where it sets right what a crash has left.
 */
export function pruner(root: Root): (now: number, limit: number, check: Check) => Promise<number> {
  let shard = randomInt(256);
  return async (now, limit, check) => {
    let pruned = 0;
    const spaces = (await root.files.list(root.path)).filter(isSpace).map((name) => join(root.path, name));
    for (const space of spaces) pruned += await pruneDue(root, space, now, limit - pruned, check);
    shard = (shard + 1) % 256;
    for (const space of spaces) {
      const part = shard.toString(16).padStart(2, "0");
      pruned += await sweepShard(root, space, part, now, limit - pruned, check);
    }
    await sweepMoving(root, check);
    return pruned;
  };
}

async function pruneDue(root: Root, space: string, now: number, limit: number, check: Check): Promise<number> {
  const { files } = root;
  const path = deadlinesOf(space);
  const hours = ((await unless(["ENOENT"], files.list(path))) ?? [])
    .filter((name) => /^-?\d+$/.test(name) && Number(name) <= hourOf(now))
    .sort((a, b) => Number(a) - Number(b));
  let pruned = 0;
  let seen = 0;
  for (const hour of hours) {
    const bucket = join(path, hour);
    const names = (await unless(["ENOENT"], files.list(bucket))) ?? [];
    const due = names.flatMap((name) => {
      const deadline = parseDeadline(name);
      return deadline && deadline.due <= now ? [{ name, deadline }] : [];
    });
    let left = names.length;
    while (due.length > 0 && pruned < limit && seen < mostDeadlines) {
      check();
      const some = due.splice(0, Math.min(64, limit - pruned));
      const ended = await eachOf(some, ({ deadline }) => settle(root, space, deadline, now));
      seen += some.length;
      left -= some.length;
      pruned += ended.filter(Boolean).length;
      const dropped = some.map(({ name }) => name);
      await dropFiles(files, bucket, dropped, left);
    }
  }
  return pruned;
}

/** Ends a session if it is over, else notes its present deadline. Whether it ended. */
async function settle({ files }: Root, space: string, { hash, incarnation }: Deadline, now: number): Promise<boolean> {
  const place = placeAt(space, hash);
  for (;;) {
    const sight = await look(files, place.path);
    if (sight?.head?.incarnation !== incarnation) return false;
    if (!isLive(sight)) {
      await finish(files, place, sight);
      return false;
    }
    if (sight.head.expiresAt > now) {
      await addDeadline(files, place, sight.head);
      return false;
    }
    if (await expire(files, place, sight)) return true;
  }
}
