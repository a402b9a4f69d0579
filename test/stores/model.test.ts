import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { sqliteStore } from "../../src/stores/sqlite/index.ts";
import { stamp } from "../../src/testing/store/rule.ts";
import type { SessionStore, StoredRecord } from "../../src/types/store.ts";
import { plainStore } from "../support/stores/plain.ts";

type Step = (store: SessionStore, now: number) => unknown;

const key = fc.record({ namespace: fc.constantFrom("a", "b"), id: fc.constantFrom("1", "2", "3", "4", "5", "6") });
const time = fc.integer({ min: 0, max: 12 });
const version = fc.integer({ min: 1, max: 4 });
const userId = fc.constantFrom(undefined, undefined, "ada", "bob");
const body = fc.string({ maxLength: 4, unit: "binary" });

const steps: fc.Arbitrary<Step> = fc.oneof(
  key.map<Step>((key) => (store, now) => store.read(key, now)),
  fc.tuple(key, body, userId, time).map<Step>(([key, body, userId, life]) => (store, now) => {
    const times = { createdAt: now, lastSeenAt: now, expiresAt: now + life };
    return store.create(withUser({ ...key, ...stamp(1), body, ...times }, userId), now);
  }),
  fc.tuple(key, version, body, userId, time).map<Step>(([key, expected, body, userId, life]) => async (store, now) => {
    const createdAt = (await store.read(key, now))?.createdAt ?? now;
    const times = { createdAt, lastSeenAt: now, expiresAt: now + life };
    return store.replace(withUser({ ...key, ...stamp(expected + 1), body, ...times }, userId), stamp(expected), now);
  }),
  fc.tuple(key, version, time).map<Step>(
    ([key, expected, life]) =>
      (store, now) =>
        store.touch(key, stamp(expected), now, now + life, now),
  ),
  key.map<Step>((key) => (store) => store.delete(key)),
  fc.tuple(key, userId, fc.integer({ min: 1, max: 4 })).map<Step>(([{ namespace }, userId, limit]) => {
    return (store, now) => pages(store, namespace, { limit, ...(userId !== undefined && { userId }) }, now);
  }),
  fc.constant<Step>((store, now) => store.prune?.(now, 1_000) ?? Promise.resolve()),
  key.map<Step>(
    ({ namespace }) =>
      (store, now) =>
        store.count?.(namespace, now) ?? Promise.resolve(),
  ),
  fc.constant<Step>((store) => store.clear?.("b") ?? Promise.resolve()),
);

const history = fc.array(fc.tuple(steps, fc.integer({ min: 0, max: 3 })), { maxLength: 80 });

describe("B10: any history gives the same results as the plain store", () => {
  const stores: Record<string, { make: () => SessionStore; runs: number }> = {
    memory: { make: () => memoryStore(), runs: 400 },
    sqlite: { make: () => sqliteStore({ path: ":memory:" }), runs: 100 },
  };
  test.each(Object.entries(stores))("%s", async (_, { make, runs }) => {
    const property = fc.asyncProperty(history, async (history) => {
      const [store, model] = [make(), plainStore()];
      let now = 1_000;
      for (const [step, wait] of history) {
        now += wait;
        expect(await step(store, now)).toEqual(await step(model, now));
      }
      await store.close?.();
    });
    await fc.assert(property, { numRuns: runs });
  });
});

function withUser(record: StoredRecord, userId: string | undefined): StoredRecord {
  return userId === undefined ? record : { ...record, userId };
}

async function pages(store: SessionStore, namespace: string, filter: { limit: number; userId?: string }, now: number) {
  const records: StoredRecord[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list?.(namespace, { ...filter, cursor }, now);
    records.push(...(page?.records ?? []));
    cursor = page?.cursor;
  } while (cursor !== undefined);
  return records;
}
