import { randomInt } from "node:crypto";
import { basename, join } from "node:path";
import { namesIn, removeEmpty } from "./directories.ts";
import { unless } from "./filesystem.ts";
import { addDeadline, type Deadline, deadlinesOf, hourOf, parseDeadline } from "./index-entries.ts";
import { isSpace, sessionPathAt } from "./layout.ts";
import { expire, finish } from "./remove.ts";
import { type Check, eachOf, isAbandoned, type Root } from "./root.ts";
import { isLive, readDirectory } from "./session-directory.ts";
import { sweepMoving, sweepShard } from "./sweep.ts";

/** The most deadlines that one call looks into. What is left comes next time: those looked at are settled. */
const mostDeadlines = 10_000;
const atOnce = 64;

/**
 * Removes sessions whose deadline is over. Looks at those that may be over by their first deadline, once each, and
 * besides at one of 256 parts of all sessions, where it sets right what a crash has left.
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
    for await (const some of batches(names, () => Math.min(atOnce, limit - pruned))) {
      check();
      const due = some.filter((name) => (parseDeadline(name)?.due ?? Number.POSITIVE_INFINITY) <= now);
      const outcomes = await eachOf(due, (name) => settle(root, space, join(bucket, name), now));
      const settled = due.filter((_, n) => outcomes[n] !== "early");
      pruned += outcomes.filter((outcome) => outcome === "ended").length;
      left += some.length - settled.length;
      await eachOf(settled, (name) => unless(["ENOENT"], files.remove(join(bucket, name))));
      seen += due.length;
      if (pruned >= limit || seen >= mostDeadlines) return pruned;
    }
    if (left === 0) await removeEmpty(files, bucket);
  }
  return pruned;
}

async function* batches(names: AsyncIterable<string>, size: () => number): AsyncGenerator<string[]> {
  let some: string[] = [];
  for await (const name of names) {
    some.push(name);
    if (some.length < size()) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

/** Ends a session if it is over, else notes its present deadline. Early: the session may only be on its way in. */
async function settle(root: Root, space: string, path: string, now: number): Promise<"ended" | "settled" | "early"> {
  const { files } = root;
  const { hash, incarnation } = parseDeadline(basename(path)) as Deadline;
  const place = sessionPathAt(space, hash);
  for (;;) {
    const sight = await readDirectory(files, place.path);
    if (sight?.head?.incarnation !== incarnation) return (await isAbandoned(root, path)) ? "settled" : "early";
    if (!isLive(sight)) await finish(files, place, sight);
    else if (sight.head.expiresAt > now) await addDeadline(files, place, sight.head);
    else if (!(await expire(files, place, sight))) continue;
    else return "ended";
    return "settled";
  }
}
