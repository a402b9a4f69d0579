import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { stamp } from "../../src/testing/store/rule.ts";
import type { RecordKey, StoredRecord } from "../../src/types/store.ts";
import { runtime } from "../support/runtime.ts";

const now = Date.now();
const hour = 3_600_000;
const namespace = "session";
const key = (id: string): RecordKey => ({ namespace, id });
const record = (id: string, fields: Partial<StoredRecord> = {}): StoredRecord => ({
  ...{ namespace, id, ...stamp(1), body: `body of ${id}`, createdAt: now, lastSeenAt: now, expiresAt: now + hour },
  ...fields,
});

/** A store with room for a few, those sessions in it, and the list of what it drops. */
async function full(...records: StoredRecord[]) {
  const store = memoryStore({ maxSessions: records.length });
  const evicted: string[] = [];
  store.onEvict?.(({ namespace, id }) => void evicted.push(`${namespace} ${id}`));
  for (const one of records) await store.create(one, now);
  expect(evicted).toEqual([]);
  return { store, evicted };
}

describe("the most sessions that are kept", () => {
  test("one more drops the one that was created first, and says so", async () => {
    const { store, evicted } = await full(record("a"), record("b"), record("c"));
    expect(await store.create(record("d"), now)).toBe(true);
    expect(evicted).toEqual(["session a"]);
    expect(await store.read(key("a"), now)).toBeUndefined();
    expect(await store.replace(record("a", stamp(2)), stamp(1), now)).toBe(false);
    expect(await store.count?.(namespace, now)).toBe(3);
  });

  test("reading, replacing and touching count as use", async () => {
    const { store, evicted } = await full(record("a"), record("b"), record("c"), record("d"));
    await store.read(key("a"), now);
    await store.replace(record("b", stamp(2)), stamp(1), now);
    await store.touch(key("c"), stamp(1), now, now + hour, now);
    for (const id of ["1", "2", "3", "4"]) await store.create(record(id), now);
    expect(evicted).toEqual(["session d", "session a", "session b", "session c"]);
  });

  test("a refused operation does not count as use, and evicts no session", async () => {
    const { store, evicted } = await full(record("a"), record("b"));
    expect(await store.create(record("a"), now)).toBe(false);
    expect(await store.replace(record("a", stamp(8)), stamp(7), now)).toBe(false);
    expect(await store.touch(key("a"), stamp(7), now, now + hour, now)).toBe(false);
    expect(evicted).toEqual([]);
    await store.create(record("c"), now);
    expect(evicted).toEqual(["session a"]);
  });

  test("an expired one goes before one that lives, the longest expired first", async () => {
    const { store, evicted } = await full(
      record("a"),
      record("b", { expiresAt: now + 2 }),
      record("c", { expiresAt: now + 1 }),
      record("d"),
    );
    for (const id of ["1", "2", "3"]) await store.create(record(id), now + 2);
    expect(evicted).toEqual(["session c", "session b", "session a"]);
  });

  test("it holds for all namespaces together", async () => {
    const { store, evicted } = await full(record("a", { namespace: "prefs" }), record("b"));
    await store.create(record("c"), now);
    await store.create(record("d", { namespace: "prefs" }), now);
    expect(evicted).toEqual(["prefs a", "session b"]);
  });

  test("deleted, pruned and cleared sessions make room", async () => {
    const { store, evicted } = await full(
      record("a"),
      record("b", { expiresAt: now + 1 }),
      record("c", { namespace: "x" }),
    );
    await store.delete(key("a"));
    await store.prune?.(now + 1, 10);
    await store.clear?.("x");
    for (const id of ["1", "2", "3"]) await store.create(record(id), now);
    expect(evicted).toEqual([]);
    await store.create(record("4"), now);
    expect(evicted).toEqual(["session 1"]);
  });

  test("an evicted session is gone from its user's list", async () => {
    const { store } = await full(record("a", { userId: "ada" }), record("b", { userId: "ada" }));
    await store.create(record("c", { userId: "bob" }), now);
    const page = await store.list?.(namespace, { userId: "ada", limit: 10 }, now);
    expect(page?.records.map(({ id }) => id)).toEqual(["b"]);
  });

  test("B48: a listener that throws changes nothing, and the others hear of it", async () => {
    const store = memoryStore({ maxSessions: 1 });
    const heard: string[] = [];
    store.onEvict?.(() => {
      throw new Error("listener");
    });
    store.onEvict?.(({ id }) => void heard.push(id));
    await store.create(record("a"), now);
    expect(await store.create(record("b"), now)).toBe(true);
    expect(heard).toEqual(["a"]);
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "10"])("%j is refused", (maxSessions) => {
    expect(() => memoryStore({ maxSessions: maxSessions as number })).toThrow(/maxSessions must be an integer/);
  });
});

describe("a flood", () => {
  test("B104: sessions without a user go before those with one, however recently they were used", async () => {
    const { store, evicted } = await full(record("a", { userId: "ada" }), record("b"), record("c"));
    await store.read(key("b"), now);
    for (const id of ["1", "2", "3"]) await store.create(record(id), now);
    expect(evicted).toEqual(["session c", "session b", "session 1"]);
    expect(await store.read(key("a"), now)).toBeDefined();
    // Where all have a user, the least recently used one goes.
    await store.create(record("4", { userId: "bob" }), now);
    await store.create(record("5", { userId: "cyd" }), now);
    await store.create(record("6", { userId: "dan" }), now);
    expect(evicted.slice(3)).toEqual(["session 2", "session 3", "session a"]);
  });

  test("B104: a session belongs to the one or the other from the login on", async () => {
    const { store, evicted } = await full(record("a"), record("b", { userId: "ada" }), record("c"));
    await store.replace(record("a", { ...stamp(2), userId: "bob" }), stamp(1), now);
    await store.replace(record("b", stamp(2)), stamp(1), now);
    await store.create(record("1", { userId: "cyd" }), now);
    await store.create(record("2", { userId: "dan" }), now);
    expect(evicted).toEqual(["session c", "session b"]);
  });

  test("B104: 100,000 visitors push out none of 1,000 who signed in", async () => {
    const store = memoryStore({ maxSessions: 2_000 });
    for (let n = 0; n < 1_000; n++) await store.create(record(`user-${n}`, { userId: `${n}` }), now);
    for (let n = 0; n < 100_000; n++) await store.create(record(`${n}`), now);
    for (let n = 0; n < 1_000; n++) expect(store.read(key(`user-${n}`), now)).toBeDefined();
    expect(await store.count?.(namespace, now)).toBe(2_000);
  });
});

describe("the most bytes that are kept", () => {
  const big = (id: string, length: number, fields: Partial<StoredRecord> = {}) =>
    record(id, { body: "x".repeat(length), ...fields });
  const place = (maxBytes: number) => {
    const store = memoryStore({ maxBytes });
    const evicted: string[] = [];
    store.onEvict?.(({ id }) => void evicted.push(id));
    return { store, evicted };
  };

  test("B104: a new session evicts as many as it takes", async () => {
    const { store, evicted } = place(10_000);
    for (const id of ["a", "b", "c", "d"]) await store.create(big(id, 2_000), now);
    expect(evicted).toEqual([]);
    await store.create(big("e", 4_000), now);
    expect(evicted).toEqual(["a", "b"]);
  });

  test("B104: a session that grows evicts others, and never itself", async () => {
    const { store, evicted } = place(10_000);
    await store.create(big("a", 2_000), now);
    for (const id of ["b", "c"]) await store.create(big(id, 2_000, { userId: "ada" }), now);
    expect(await store.replace(big("a", 8_000, stamp(2)), stamp(1), now)).toBe(true);
    expect(evicted).toEqual(["b", "c"]);
    expect((await store.read(key("a"), now))?.body).toHaveLength(8_000);
  });

  test("B104: one that has no room at all is refused, and evicts nobody", async () => {
    const { store, evicted } = place(10_000);
    await store.create(big("a", 2_000), now);
    const refusal = expect.objectContaining({ code: "STORE_UNAVAILABLE" });
    expect(() => store.create(big("b", 10_000), now)).toThrow(refusal);
    expect(() => store.replace(big("a", 10_000, stamp(2)), stamp(1), now)).toThrow(refusal);
    expect([evicted, (await store.read(key("a"), now))?.version]).toEqual([[], 1]);
  });

  test("B104: what is deleted, pruned, cleared or made shorter gives its bytes back", async () => {
    const { store, evicted } = place(10_000);
    for (let round = 0; round < 5; round++) {
      await store.create(big("a", 2_000, stamp(1)), now);
      await store.create(big("b", 2_000, { expiresAt: now + 1 }), now);
      await store.create(big("c", 2_000, { namespace: "other" }), now);
      await store.create(big("d", 2_000), now);
      await store.replace(big("d", 10, { ...stamp(2), userId: "ada" }), stamp(1), now);
      await store.create(big("e", 1_500), now);
      for (const id of ["a", "d", "e"]) await store.delete(key(id));
      await store.prune?.(now + 1, 10);
      await store.clear?.("other");
    }
    expect(evicted).toEqual([]);
  });

  test("B104: a character that needs two bytes counts twice", async () => {
    const { store, evicted } = place(10_000);
    await store.create(record("a", { body: "\u4e00".repeat(4_500) }), now);
    await store.create(big("b", 1_000), now);
    expect(evicted).toEqual(["a"]);
  });

  test.each([0, 1.5, "10"])("%j is refused", (maxBytes) => {
    expect(() => memoryStore({ maxBytes: maxBytes as number })).toThrow(/maxBytes must be an integer/);
  });
});

test("halves of surrogate pairs are kept as they are", async () => {
  const store = memoryStore();
  for (const half of ["\ud83e", "\udde5"]) await store.create(record(half, { body: half.repeat(20) }), now);
  expect((await store.read(key("\ud83e"), now))?.body).toBe("\ud83e".repeat(20));
  expect((await store.read(key("\udde5"), now))?.body).toBe("\udde5".repeat(20));
});

/** The time of processors that the work takes, which is the same on a busy machine. */
async function costOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

test("B53: listing a user costs what that user has, not what the store has", async () => {
  const store = memoryStore({ maxSessions: 60_000 });
  for (let n = 0; n < 50_000; n++) await store.create(record(`${n}`, { userId: `user-${n % 20_000}` }), now);
  const listing = await costOf(async () => {
    for (let n = 0; n < 1_000; n++) {
      const page = await store.list?.(namespace, { userId: `user-${n}`, limit: 10 }, now);
      expect(page?.records.length).toBe(3);
    }
  });
  // Looks at every session, a hundred times.
  const counting = await costOf(async () => {
    for (let n = 0; n < 100; n++) await store.count?.(namespace, now);
  });
  expect(listing).toBeLessThan(counting);
});

// Measured is V8's heap; that of Bun's JavaScriptCore is another.
describe.skipIf(runtime === "bun")("memory", () => {
  const worker = fileURLToPath(new URL("../support/stores/heap/worker.ts", import.meta.url));
  const measure = async (shape: string, sessions: number): Promise<{ body: number; bytes: number }> => {
    const args = ["--expose-gc", "--import", "tsx", worker, shape, `${sessions}`];
    return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout);
  };

  // The same data as a record of 620 characters whose body still named its own commit.
  test("100,000 sessions with a body of 590 characters take at most 896 bytes each", async () => {
    const { body, bytes } = await measure("built", 100_000);
    expect(body).toBeGreaterThanOrEqual(585);
    expect(bytes).toBeLessThanOrEqual(896);
  });

  test("texts that were cut from bigger ones do not keep those alive", async () => {
    const { bytes } = await measure("cut", 2_000);
    expect(bytes).toBeLessThan(2_000);
  });
});
