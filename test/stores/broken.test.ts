import { describe, expect, test } from "vitest";
import { storeConformance } from "../../src/testing/store/conformance.ts";
import type { SessionStore } from "../../src/types/store.ts";
import { brokenStores } from "../support/stores/broken.ts";
import { plainStore } from "../support/stores/plain.ts";

async function failures(make: () => SessionStore, without: Parameters<typeof storeConformance>[1] = {}) {
  const failed: { title: string; message: string }[] = [];
  for (const { title, run } of storeConformance(make, without)) {
    await run().catch((error: Error) => failed.push({ title, message: error.message }));
  }
  return failed;
}

test("the plain store that the broken ones are made of keeps the contract", async () => {
  expect(await failures(plainStore)).toEqual([]);
});

describe("B9 B10 B12: the contract catches", () => {
  for (const { fault, caughtBy, make } of brokenStores) {
    test(fault, async () => {
      const failed = await failures(make);
      expect(failed.map(({ title }) => title)).toContain(caughtBy);
    });
  }
});

test("no case is there for nothing: each is the one that catches some broken store", () => {
  const caught = new Set(brokenStores.map(({ caughtBy }) => caughtBy));
  const idle = storeConformance(plainStore).filter(({ title }) => !caught.has(title));
  expect(idle.map(({ title }) => title)).toEqual([]);
});

test("what a store lacks by design is left out, and must be lacking", async () => {
  const small = (): SessionStore => ({ ...plainStore(), count: undefined, list: undefined }) as never;
  expect((await failures(small)).map(({ title }) => title)).toContain("the store has every ability");
  expect(await failures(small, { without: ["count", "list"] })).toEqual([]);
  const [wrong] = await failures(plainStore, { without: ["prune"] });
  expect(wrong?.message).toContain('remove it from "without"');
});

test("a failed case says what was expected and what came", async () => {
  const { make } = brokenStores.find(({ fault }) => fault === "create overwrites")!;
  const failed = await failures(make);
  expect(failed[0]?.message).toBe("second create: expected false, got true");
});
