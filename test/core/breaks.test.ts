import { setImmediate as turn } from "node:timers/promises";
import type { SessionStore } from "coatcheck";
import { createSessions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { stamp } from "../../src/testing/store/rule.ts";
import { ownTime } from "../support/own-time.ts";

afterEach(() => vi.restoreAllMocks());

/** Counts the turns of the event loop until it is told to stop. */
function witness(): { turns(): number; stop(): void } {
  let turns = 0;
  let isOver = false;
  const tick = async (): Promise<void> => {
    while (!isOver) {
      await turn();
      turns++;
    }
  };
  void tick();
  return {
    turns: () => turns,
    stop: () => {
      isOver = true;
    },
  };
}

const quiet = { pruneInterval: false, observer: () => undefined } as const;

/** A store of expired records only, each of which takes some time to delete. It answers at once, as SQLite does. */
function slow(expired: number, cost: () => void, batches: number[]): SessionStore {
  let left = expired;
  return {
    ...memoryStore(),
    async prune(_now, limit) {
      const count = Math.min(limit, left);
      for (let n = 0; n < count; n++) cost();
      left -= count;
      batches.push(count);
      return count;
    },
  };
}

describe("B79: pruning delays no other work", () => {
  it.each([0.001, 0.03, 0.2, 3])("no batch takes long where one record takes %d ms", async (each) => {
    const time = ownTime();
    const batches: number[] = [];
    const store = slow(20_000 * Math.min(1, 0.03 / each), () => time.spend(each), batches);
    const sessions = createSessions({ ...quiet, store });
    const pruned = await sessions.prune();
    expect(batches.reduce((sum, count) => sum + count, 0)).toBe(pruned);
    // The first one is a guess, and small.
    expect(batches[0]).toBeLessThanOrEqual(50);
    for (const count of batches.slice(1)) expect(count === 1 || count * each <= 10).toBe(true);
  });

  it("timers and requests run between two batches of a store that responds at once", async () => {
    const time = ownTime();
    let timersRun = 0;
    const timers: number[] = [];
    const batches: number[] = [];
    const store = slow(500, () => time.spend(0.1), batches);
    const prune = store.prune?.bind(store) as NonNullable<SessionStore["prune"]>;
    const watched: SessionStore = {
      ...store,
      prune(...args) {
        timers.push(timersRun);
        setTimeout(() => timersRun++, 0);
        return prune(...args);
      },
    };
    const sessions = createSessions<{ n: number }>({ ...quiet, store: watched });
    const { id } = await sessions.issue({ data: { n: 1 } });
    const pruning = sessions.prune();
    await sessions.edit(id, (one) => one.set("n", 2));
    const served = batches.length;
    await pruning;
    expect(served).toBeLessThan(batches.length);
    expect(timers.length).toBeGreaterThan(5);
    expect(timers).toEqual(timers.map((_, n) => n));
  });

  it("a server that others wait for is asked for less at a time when it gets slow, and not for ever less", async () => {
    const time = ownTime();
    const limits: number[] = [];
    let left = 30_000;
    const store: SessionStore = {
      ...memoryStore(),
      async prune(_now, limit) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        limits.push(limit);
        time.spend(limit * 0.1 + (left < 15_000 ? 500 : 0));
        left -= limit;
        return left > 0 ? limit : 0;
      },
    };
    await createSessions({ ...quiet, store }).prune();
    const middle = limits.slice(5, 20);
    for (const limit of middle) expect(limit).toBe(400);
    expect(limits.at(-1)).toBe(100);
  });
});

describe("B79: the memory store", () => {
  const many = 5_000;
  const now = Date.now();
  const record = (n: number, namespace = "session") => ({
    namespace,
    id: `id-${n}`,
    ...stamp(1),
    body: "body",
    userId: "ada",
    createdAt: now + (n % 977),
    lastSeenAt: now,
    expiresAt: now + 3_600_000,
  });
  const filled = async (maxSessions = 2 * many) => {
    const store = memoryStore({ maxSessions });
    for (let n = 0; n < many; n++) await store.create(record(n), now);
    return store as Required<SessionStore>;
  };
  /** Each look at the time finds it so much later: one stretch is over after a few looks. */
  const ticking = () => {
    let time = 0;
    vi.spyOn(performance, "now").mockImplementation(() => ++time);
  };

  it.each<[string, (store: Required<SessionStore>) => Promise<unknown>, unknown]>([
    ["count", (store) => store.count("session", now), many],
    ["list", async (store) => (await store.list("session", { limit: 3 }, now)).records.length, 3],
    [
      "list of a user",
      async (store) => (await store.list("session", { limit: 3, userId: "ada" }, now)).records.length,
      3,
    ],
    ["clear", (store) => store.clear("session"), undefined],
  ])("B79: the memory store lets others run in the middle of %s", async (_, work, result) => {
    const store = await filled();
    ticking();
    const seen = witness();
    expect(await work(store)).toEqual(result);
    seen.stop();
    expect(seen.turns()).toBeGreaterThan(3);
  });

  it("clear ends all sessions of the namespace at once, however long it takes to free the space", async () => {
    const store = await filled();
    const evicted: string[] = [];
    store.onEvict(({ id }) => evicted.push(id));
    await store.create(record(1, "other"), now);
    ticking();
    const clearing = store.clear("session");
    expect(await store.read(record(many - 1), now)).toBeUndefined();
    expect(await store.count("session", now)).toBe(0);
    expect(await store.create(record(many - 1), now)).toBe(true);
    await clearing;
    expect(await store.count("session", now)).toBe(1);
    expect(await store.count("other", now)).toBe(1);
    expect(evicted).toEqual([]);
  });

  it("what clear has not yet freed gives way to a new session before any live one", async () => {
    const store = await filled(many);
    const evicted: string[] = [];
    store.onEvict(({ id }) => evicted.push(id));
    ticking();
    const clearing = store.clear("session");
    for (let n = 0; n < many; n++) expect(await store.create(record(n, "new"), now)).toBe(true);
    await clearing;
    expect(evicted).toEqual([]);
    expect(await store.count("new", now)).toBe(many);
    await store.create(record(many, "new"), now);
    expect(evicted).toHaveLength(1);
  });

  it("revokeAll of a user with many sessions lets others run", async () => {
    const clock = testClock();
    const sessions = createSessions({ ...quiet, store: memoryStore(), clock: clock.now });
    for (let n = 0; n < 300; n++) await sessions.issue({ userId: "ada" });
    ticking();
    const seen = witness();
    expect(await sessions.revokeAll("ada")).toBe(300);
    seen.stop();
    expect(seen.turns()).toBeGreaterThan(20);
  });
});
