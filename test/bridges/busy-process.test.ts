import { readFile } from "node:fs/promises";
import { afterEach, expect, test, vi } from "vitest";
import { leaveAfter } from "../../src/bridges/shared/lanes.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("B114: a process that was busy lets no other write go first, before it has read that an abandoned one is done", async () => {
  const events: string[] = [];
  const abandoned = new AbortController();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const write = readFile(import.meta.filename).then(() => void events.push("written"));
  leaveAfter(write, () => events.push("free"), abandoned.signal);
  abandoned.abort();
  // Busy until now: timers that are due run before what has arrived is read.
  vi.runOnlyPendingTimers();
  await write;
  expect(events).toEqual(["written", "free"]);
});
