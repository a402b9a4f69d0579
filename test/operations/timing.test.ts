import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createSessions } from "coatcheck";
import { channelNames, diagnosticsChannels } from "coatcheck/diagnostics";
import { type StoreTiming, timedStore } from "coatcheck/observe";
import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, onTestFinished, test } from "vitest";
import type { SessionStore } from "../../src/types/store.ts";
import { Browser } from "../support/browser/visitor.ts";
import { rejection } from "../support/operations/rejection.ts";
import { answeringLater } from "../support/stores/answering-later.ts";
import { next, record } from "../support/stores/records.ts";

/** What a listener was told, without the times. */
function timed(store: SessionStore): { store: SessionStore; told: string[]; timings: StoreTiming[] } {
  const [told, timings]: [string[], StoreTiming[]] = [[], []];
  const wrapped = timedStore(store, (timing) => {
    timings.push(timing);
    told.push(`${timing.operation} ${timing.outcome}`);
  });
  return { store: wrapped, told, timings };
}

describe("timedStore()", () => {
  test.each([
    ["at once", memoryStore],
    ["later", () => answeringLater(memoryStore())],
  ])("B171: tells what each operation took and what came of it, of a store that answers %s", async (_, make) => {
    const { store, told, timings } = timed(make());
    const [one, now] = [record(), Date.now()];
    await store.read(one, now);
    await store.create(one, now);
    await store.create(one, now);
    await store.read(one, now);
    await store.replace(next(one), one, now);
    await store.replace(next(one), one, now);
    await store.touch(one, one, now, now + 1, now);
    await store.list?.("session", { limit: 1 }, now);
    await store.count?.("session", now);
    await store.prune?.(now, 1);
    await store.clear?.("session");
    await store.delete(one);
    const first = ["read missing", "create ok", "create refused", "read ok", "replace ok", "replace refused"];
    const rest = ["touch refused", "list ok", "count ok", "prune ok", "clear ok", "delete missing"];
    expect(told).toEqual([...first, ...rest]);
    for (const { store, milliseconds, error } of timings) {
      expect([store, error]).toEqual(["memory", undefined]);
      expect(milliseconds).toBeGreaterThanOrEqual(0);
    }
  });

  test("B171: tells of a failure with its error, thrown or rejected", async () => {
    const error = new Error("connection reset");
    const fail = () => {
      throw error;
    };
    const { store, timings } = timed({ ...memoryStore(), read: fail, create: async () => fail() });
    expect(() => store.read(record(), 0)).toThrow(error);
    await expect(store.create(record(), 0)).rejects.toBe(error);
    expect(timings.map(({ operation, outcome, error }) => [operation, outcome, error])).toEqual([
      ["read", "failed", error],
      ["create", "failed", error],
    ]);
  });

  test("B171: tells once of a call that hangs, when its caller stops waiting", async () => {
    let answer = (_: undefined): void => undefined;
    const hanging = new Promise<undefined>((resolve) => {
      answer = resolve;
    });
    const { store, timings } = timed({ ...memoryStore(), read: () => hanging });
    const caller = new AbortController();
    const reply = store.read(record(), 0, caller);
    expect(timings).toEqual([]);
    const reason = new Error("given up");
    caller.abort(reason);
    answer(undefined);
    await reply;
    expect(timings).toMatchObject([{ operation: "read", outcome: "failed", error: reason }]);
  });

  test("B171: a listener that throws fails no request", async () => {
    const store = timedStore(memoryStore(), () => {
      throw new Error("no room for logs");
    });
    expect(store.create(record(), Date.now())).toBe(true);
  });

  test("B171: a listener that rejects fails no request, and does not end the process", () => {
    const late = rejection();
    const store = timedStore(memoryStore(), () => late as never);
    expect(store.create(record(), Date.now())).toBe(true);
    expect(late.isCaught).toBe(true);
  });
});

describe("diagnosticsChannels()", () => {
  test("B171: publish events and store operations while somebody subscribes", async () => {
    const channels = diagnosticsChannels();
    const sessions = createSessions<{ n: number }>({ store: channels.store(memoryStore()), pruneInterval: false });
    onTestFinished(() => sessions.close());
    sessions.observe(channels.observer);
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("n", 1));
    const told: string[] = [];
    const onEvent = (message: unknown) => told.push((message as { type: string }).type);
    const onStore = (message: unknown) => told.push((message as StoreTiming).operation);
    subscribe(channelNames.event, onEvent);
    subscribe(channelNames.store, onStore);
    await browser.visit((session) => session.set("n", 2));
    unsubscribe(channelNames.event, onEvent);
    unsubscribe(channelNames.store, onStore);
    await browser.visit((session) => session.set("n", 3));
    expect(told).toEqual(["read", "opened", "replace", "committed"]);
  });
});
