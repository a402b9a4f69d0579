import { randomInt } from "node:crypto";
import { basename, join } from "node:path";
import { namesIn, removeEmpty } from "./directories.ts";
import { unless } from "./filesystem.ts";
import { addDeadline, type Deadline, deadlinesOf, hourOf, parseDeadline } from "./index-entries.ts";
import { isSpace, sessionPathAt } from "./layout.ts";
import { expire, removeEnded } from "./remove.ts";
import { type Check, isAbandoned, mapParallel, type Root } from "./root.ts";
import { isLive, readDirectory } from "./session-directory.ts";
import { sweepMoving, sweepShard } from "./sweep.ts";

/** The largest number of deadlines that one call handles. The next call continues with the rest. */
const maxDeadlines = 10_000;
const batchSize = 64;

/**
 * Returns the function that removes expired sessions. Each call checks the sessions whose deadline file is due, then
 * sweeps one of 256 shards to repair what a crash has left there. The function returns the number of removed sessions.
 */
export function pruner(root: Root): (now: number, limit: number, check: Check) => Promise<number> {
  let shard = randomInt(256);
  return async (now, limit, check) => {
    let pruned = 0;
    const spaces = (await namesIn(root.files, root.path, isSpace)).map((name) => join(root.path, name));
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
  if (limit <= 0) return 0;
  const { files } = root;
  const path = deadlinesOf(space);
  const hours = await namesIn(files, path, (name) => /^-?\d+$/.test(name) && Number(name) <= hourOf(now));
  let pruned = 0;
  let seen = 0;
  for (const hour of hours.sort((a, b) => Number(a) - Number(b))) {
    const bucket = join(path, hour);
    const names = await unless(["ENOENT"], files.walk(bucket));
    if (!names) continue;
    let left = 0;
    for await (const batch of batches(names, () => Math.min(batchSize, limit - pruned))) {
      check();
      const due = batch.filter((name) => (parseDeadline(name)?.due ?? Number.POSITIVE_INFINITY) <= now);
      const outcomes = await mapParallel(due, (name) => endOrReschedule(root, space, join(bucket, name), now));
      const settled = due.filter((_, n) => outcomes[n] !== "early");
      pruned += outcomes.filter((outcome) => outcome === "ended").length;
      left += batch.length - settled.length;
      await mapParallel(settled, (name) => unless(["ENOENT"], files.remove(join(bucket, name))));
      seen += due.length;
      if (pruned >= limit || seen >= maxDeadlines) return pruned;
    }
    if (left === 0) await removeEmpty(files, bucket);
  }
  return pruned;
}

async function* batches(names: AsyncIterable<string>, size: () => number): AsyncGenerator<string[]> {
  let batch: string[] = [];
  for await (const name of names) {
    batch.push(name);
    if (batch.length < size()) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Ends a session if it has expired, else records its current deadline. "early": the session may not be published yet. */
async function endOrReschedule(
  root: Root,
  space: string,
  path: string,
  now: number,
): Promise<"ended" | "settled" | "early"> {
  const { files } = root;
  const { hash, incarnation } = parseDeadline(basename(path)) as Deadline;
  const place = sessionPathAt(space, hash);
  for (;;) {
    const snapshot = await readDirectory(files, place.path);
    if (snapshot?.head?.incarnation !== incarnation) return (await isAbandoned(root, path)) ? "settled" : "early";
    if (!isLive(snapshot)) await removeEnded(files, place, snapshot);
    else if (snapshot.head.expiresAt > now) await addDeadline(files, place, snapshot.head);
    else if (!(await expire(files, place, snapshot))) continue;
    else return "ended";
    return "settled";
  }
}
