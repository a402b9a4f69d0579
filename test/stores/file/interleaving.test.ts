import { readdir } from "node:fs/promises";
import { describe, expect, test, vi } from "vitest";
import { disk } from "../../../src/stores/file/filesystem.ts";
import { sessionPathOf } from "../../../src/stores/file/layout.ts";
import { sweepMoving, sweepShard } from "../../../src/stores/file/sweep.ts";
import { stamp } from "../../../src/testing/store/rule.ts";
import type { StoredRecord } from "../../../src/types/store.ts";
import { type Fault, type FaultName, faults } from "../../support/stores/file/faults.ts";
import { testFolder } from "../../support/stores/file/folder.ts";
import type { Act } from "../../support/stores/file/orders.ts";
import {
  type Direction,
  describePerformance,
  type Performance,
  perform,
  type Scene,
} from "../../support/stores/file/play.ts";
import { storeOver } from "../../support/stores/file/stage.ts";
import type { Plain } from "../../support/stores/plain.ts";

const newPath = testFolder("file-interleaving");
const now = 1_000_000;
const over = now + 60_000;
const key = { namespace: "session", id: "one" };
const times = { createdAt: now, lastSeenAt: now, expiresAt: over };
const first: StoredRecord = { ...key, ...stamp(1), body: "first", userId: "ada", ...times };
const later = (version: number, body: string, userId = "ada"): StoredRecord => ({
  ...first,
  ...stamp(version),
  body,
  userId,
});

const act = (title: string, run: (store: Plain) => unknown): Act => ({ title, run });
const replace = act("replace", (store) => store.replace(later(2, "second"), stamp(1), now));
const signIn = act("sign in", (store) => store.replace(later(2, "of bob", "bob"), stamp(1), now));
const replaceAgain = act("replace again", (store) => store.replace(later(3, "third"), stamp(2), now));
const touch = act("touch", (store) => store.touch(key, stamp(1), now + 9, over + 9_000_000, now));
const shorten = act("shorten", (store) => store.touch(key, stamp(1), now + 5, over - 5, now));
const remove = act("delete", (store) => store.delete(key));
const create = act("create", (store) => store.create({ ...first, body: "anew", expiresAt: over + 1 }, now));
const prune = act("prune", (store) => store.prune(over, 10));
const clear = act("clear", (store) => store.clear("session"));
const read = act("read", (store) => store.read(key, now));
const readAtEnd = act("read at the end", (store) => store.read(key, over));
const count = act("count", (store) => store.count("session", now));
const listOf = (userId: string): Act =>
  act(`list of ${userId}`, async (store) => (await store.list("session", { userId, limit: 5 }, now)).records);

const epilogue = [read, readAtEnd, listOf("ada"), listOf("bob"), count];
const scene = (...parts: Act[][]): Scene => ({ records: [first], parts, epilogue });
const titleOf = ({ parts }: Scene): string =>
  parts.map((part) => part.map(({ title }) => title).join(", then ")).join(" | ");

/** The first ones do some steps each, the others all, and then the first ones go on. */
const stopped =
  (...steps: number[]): Direction =>
  async (actors) => {
    for (const [n, actor] of actors.entries()) for (let step = 0; step < (steps[n] ?? 0); step++) await actor.step();
    const unfinished = actors.map(({ isDone }) => !isDone);
    for (const actor of [...actors.slice(steps.length), ...actors]) await actor.finish();
    return unfinished;
  };

/** The first does some steps and is killed, the others act. */
const killed =
  (steps: number): Direction =>
  async ([victim, ...others]) => {
    for (let step = 0; step < steps; step++) await victim?.step();
    const unfinished = [victim?.isDone === false];
    for (const actor of others) await actor.finish();
    return unfinished;
  };

/** Stops one part at every point there is; gives the first performance that nothing explains. */
async function everyStop(
  part: number,
  play: (stop: number) => Promise<Performance>,
): Promise<{ readonly failure: Performance | undefined; readonly last: Performance }> {
  for (let stop = 0; ; stop++) {
    const last = await play(stop);
    if (!last.isExplained) return { failure: last, last };
    if (!last.unfinished[part]) return { failure: undefined, last };
  }
}

async function everySingleStop(scene: Scene, fault?: Fault): Promise<Performance | undefined> {
  return (await everyStop(0, (stop) => perform(scene, stopped(stop), { path: newPath(), fault }))).failure;
}

async function everyTwoStops(scene: Scene): Promise<Performance | undefined> {
  const { failure } = await everyStop(0, async (one) => {
    const second = await everyStop(1, (two) => perform(scene, stopped(one, two), { path: newPath() }));
    return second.last;
  });
  return failure;
}

async function everyDeath(
  scene: Scene,
  { fault, inspect }: { fault?: Fault; inspect?: (path: string) => Promise<void> },
): Promise<Performance | undefined> {
  const { failure } = await everyStop(0, (stop) => {
    const path = newPath();
    return perform(scene, killed(stop), { path, fault, inspect: async () => inspect?.(path) });
  });
  return failure;
}

function mustBeExplained(performance: Performance | undefined): void {
  if (performance && !performance.isExplained) expect.fail(describePerformance(performance));
}

const changes = [replace, signIn, touch, shorten, remove, prune, clear];
const meetings = [
  ...changes.flatMap((one) => changes.map((two) => scene([one], [two]))),
  ...changes.flatMap((one) => [scene([read], [one]), scene([listOf("ada")], [one])]),
  ...[replace, signIn, touch, remove, prune, clear, read].map((one) => scene([one], [remove, create])),
  ...[replace, signIn, prune, read].map((one) => scene([one], [prune, create])),
  ...[replace, signIn, touch, prune].map((one) => scene([one], [replace, replaceAgain])),
  scene([prune], [touch, shorten]),
  ...changes.map((one) => scene([read, read, read], [one])),
  ...changes.map((one) => scene([read, touch, read, replace, read], [one])),
  scene([read, read], [remove, create]),
  scene([create], [remove, create]),
  scene([create], [prune]),
  scene([create], [clear]),
];

describe("B9 B10 B44: a process that is paused at any of its calls, for any time", () => {
  test.each(meetings.map((one) => [titleOf(one), one] as const))("%s", async (_, meeting) => {
    mustBeExplained(await everySingleStop(meeting));
  });
});

const closest = [
  ...[replace, touch, remove, prune].flatMap((one) =>
    [replace, touch, remove, prune].map((two) => scene([one], [two])),
  ),
  scene([signIn], [touch]),
  scene([replace], [remove, create]),
  scene([prune], [remove, create]),
  scene([prune, create], [prune, create]),
];

describe("B9 B10 B44: two processes that are paused at any two of their calls", () => {
  test.each(closest.map((one) => [titleOf(one), one] as const))("%s", async (_, meeting) => {
    mustBeExplained(await everyTwoStops(meeting));
  });
});

describe("B9 B10 B44: four at a time", () => {
  test.each([1, 2, 3, 4])("B9 B10 B44: four processes with random turns keep the contract, %i", async (seed) => {
    let state = seed;
    const draw = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 16) % below;
    };
    const byChance: Direction = async (actors) => {
      for (let alive = [...actors]; alive.length > 0; alive = alive.filter(({ isDone }) => !isDone)) {
        await alive[draw(alive.length)]?.step();
      }
      return [];
    };
    const all = [...changes, create, read, listOf("ada"), replaceAgain];
    for (let round = 0; round < 50; round++) {
      const parts = Array.from({ length: 4 }, () => [all[draw(all.length)] as Act, all[draw(all.length)] as Act]);
      mustBeExplained(await perform(scene(...parts), byChance, { path: newPath() }));
    }
  });
});

describe("B41: a process that is killed at any of its calls", () => {
  const after: Readonly<Record<string, Act[]>> = {
    "and nobody comes": [],
    "and somebody changes the session": [touch, replace, replaceAgain],
    "and somebody ends the session and begins it again": [prune, remove, create],
  };
  const cases = [...changes, create].flatMap((victim) =>
    Object.keys(after).map((next) => [`${victim.title}, ${next}`, victim, after[next] as Act[]] as const),
  );

  test.each(cases)("%s", async (_, victim, next) => {
    mustBeExplained(await everyDeath(scene([victim], next), { inspect: expectTidy }));
  });

  /** What is left after some hours is what the session needs, or nothing. */
  async function expectTidy(path: string): Promise<void> {
    const { store, root } = storeOver(disk, path);
    const record = await store.read(key, now);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 2 * 3_600_000 });
    try {
      const place = sessionPathOf(path, key);
      const users = await readdir(`${place.space}/users`).catch(() => []);
      const afterEntries = record ? now : over + 99_000_000;
      for (const shard of new Set([place.hash.slice(0, 2), ...users])) {
        await sweepShard(root, place.space, shard, afterEntries, 10, () => {});
      }
      await sweepMoving(root, () => {});
      await store.prune?.(afterEntries, 10);
    } finally {
      vi.useRealTimers();
    }
    const files = (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const kinds = (kind: string) => files.filter(({ name }) => name.startsWith(kind)).length;
    expect([kinds("head."), kinds("body."), kinds("over.")]).toEqual(record ? [1, 1, 0] : [0, 0, 0]);
    expect(await readdir(root.moving)).toEqual([]);
    if (!record) expect(files.map(({ name }) => name)).toEqual([]);
  }
});

describe("a store with a fault is found out", () => {
  const found: Readonly<Record<FaultName, (fault: Fault) => Promise<Performance | undefined>>> = {
    "a new head is written beside the old one": (fault) => everySingleStop(scene([replace], [signIn]), fault),
    "a head that is gone is made again": (fault) => everySingleStop(scene([replace], [remove]), fault),
    "whatever head there is is ended": (fault) => everySingleStop(scene([prune], [touch]), fault),
    "a new session takes the place of another": (fault) => everySingleStop(scene([create], [replace]), fault),
    "a directory is removed with all that is in it": (fault) => everySingleStop(scene([prune], [create]), fault),
    "a body is removed before its head has moved on": (fault) => everySingleStop(scene([replace], [read]), fault),
    "the user's list is written afterwards": (fault) => everyDeath(scene([signIn]), { fault }),
    "a head that was seen is taken to be there still": (fault) => everySingleStop(scene([read, read], [touch]), fault),
  };
  test.each(Object.entries(found))("%s", async (name, play) => {
    expect((await play(faults[name as FaultName]))?.isExplained).toBe(false);
  });
});
