import { getEventListeners } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { createSessions, type SessionStore, type StoredRecord } from "coatcheck";
import { type UnstorageStorage, unstorageStore } from "coatcheck/bridges/unstorage";
import { createStorage } from "unstorage";
import { afterEach, describe, expect, test, vi } from "vitest";
import { stamp } from "../../src/testing/store/rule.ts";
import { heldStorage } from "../support/bridges/held-storage.ts";
import { fresh, keyOf, next, now } from "../support/bridges/records.ts";
import { recorder } from "../support/browser/visitor.ts";

const nothingWritten = { code: "STORE_UNAVAILABLE", message: expect.stringContaining("nothing was") };

async function setUp() {
  const storage = heldStorage();
  const store = unstorageStore({ storage });
  const record = fresh();
  await store.create(record, now);
  storage.calls.length = 0;
  const replace = (body: string, signal?: AbortSignal) =>
    store.replace(next(record, body), stamp(1), now, signal && { signal });
  const read = () => store.read(keyOf(record), now);
  return { storage, store, record, replace, read };
}

/** Long enough for everything that waits for nothing. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await turn();
}

describe("operations on one record take turns", () => {
  test("a writer waits for the writer before it, and sees what that one wrote", async () => {
    const { storage, replace, read } = await setUp();
    const gate = storage.hold("setItem");
    const [one, two] = [replace("one"), replace("two")];
    await settle();
    expect(storage.calls).toEqual(["getItem", "setItem"]);
    gate.release();
    expect(await Promise.all([one, two])).toEqual([true, false]);
    expect((await read())?.body).toBe("one");
  });

  test("a reader waits for the writer before it, so it never meets half a value", async () => {
    const { storage, replace, read } = await setUp();
    const gate = storage.hold("setItem");
    const writing = replace("one");
    const reading = read();
    await settle();
    expect(storage.calls).toEqual(["getItem", "setItem"]);
    gate.release();
    await writing;
    expect((await reading)?.body).toBe("one");
  });

  test("readers wait for writers only", async () => {
    const { storage, read } = await setUp();
    storage.hold("getItem");
    void read();
    expect((await read())?.version).toBe(1);
    expect(storage.calls).toEqual(["getItem", "getItem"]);
  });

  test("operations on other records do not wait", async () => {
    const { storage, store, replace } = await setUp();
    storage.hold("setItem");
    void replace("one");
    expect(await store.create(fresh(), now)).toBe(true);
  });

  test("bridges over one object have one queue, whatever else sets them apart", async () => {
    const { storage, record, replace } = await setUp();
    const gate = storage.hold("setItem");
    const one = replace("one");
    const two = unstorageStore({ storage }).replace(next(record, "two"), stamp(1), now);
    const elsewhere = unstorageStore({ storage, prefix: "else:" });
    expect(await elsewhere.create(record, now)).toBe(true);
    gate.release();
    expect(await Promise.all([one, two])).toEqual([true, false]);
  });

  test("a failure ends the turn too", async () => {
    const { storage, replace, read } = await setUp();
    storage.fail("getItem", new Error("no answer"));
    storage.fail("setItem", new Error("no room"));
    await expect(replace("one")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await expect(replace("two")).rejects.toThrow("no room");
    expect(await replace("three")).toBe(true);
    expect((await read())?.body).toBe("three");
  });
});

describe("without a common queue, as between two processes,", () => {
  /** One storage behind two objects, which nobody knows to be the same. */
  async function twoProcesses() {
    const shared: UnstorageStorage = createStorage();
    const storage = heldStorage(shared);
    const [here, there] = [unstorageStore({ storage: shared }), unstorageStore({ storage })];
    const record = fresh();
    await here.create(record, now);
    const gate = storage.hold("setItem");
    const late = there.replace(next(record, "late"), stamp(1), now);
    await expect.poll(gate.isReached).toBe(true);
    return { here, late, gate, record };
  }

  test("a change that was acknowledged is lost: the queue is what keeps it", async () => {
    const { here, late, gate, record } = await twoProcesses();
    expect(await here.replace(next(record, "early"), stamp(1), now)).toBe(true);
    gate.release();
    expect(await late).toBe(true);
    expect((await here.read(keyOf(record), now))?.body).toBe("late");
  });

  test("a session that was ended comes back: the queue is what keeps it ended", async () => {
    const { here, late, gate, record } = await twoProcesses();
    expect(await here.delete(keyOf(record))).toBe(true);
    gate.release();
    expect(await late).toBe(true);
    expect((await here.read(keyOf(record), now))?.body).toBe("late");
  });
});

describe("who gives up", () => {
  afterEach(() => void vi.useRealTimers());

  test("an operation given up before it began asks nothing", async () => {
    const { storage, store, record, replace } = await setUp();
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(replace("one", signal)).rejects.toMatchObject(nothingWritten);
    await expect(store.read(keyOf(record), now, { signal })).rejects.toMatchObject(nothingWritten);
    expect(storage.calls).toEqual([]);
  });

  test("an operation given up in the queue writes nothing later, and delays no other", async () => {
    const { storage, replace, read } = await setUp();
    const gate = storage.hold("setItem");
    const caller = new AbortController();
    const one = replace("one");
    const two = replace("two", caller.signal);
    const reading = read();
    await settle();
    caller.abort(new Error("too slow"));
    await expect(two).rejects.toMatchObject({ ...nothingWritten, cause: new Error("too slow") });
    gate.release();
    expect([await one, (await reading)?.body]).toEqual([true, "one"]);
    await settle();
    expect(storage.calls).toEqual(["getItem", "setItem", "getItem"]);
  });

  test("an operation given up while it reads writes nothing when the reply arrives", async () => {
    const { storage, replace, read } = await setUp();
    const gate = storage.hold("getItem");
    const caller = new AbortController();
    const one = replace("one", caller.signal);
    await expect.poll(gate.isReached).toBe(true);
    caller.abort();
    await expect(one).rejects.toMatchObject(nothingWritten);
    expect(await replace("two")).toBe(true);
    gate.release();
    await settle();
    expect((await read())?.body).toBe("two");
    expect(storage.calls.filter((call) => call === "setItem")).toHaveLength(1);
  });

  test("an operation given up at any moment before the write sends no write", async () => {
    for (let ticks = 0; ticks < 30; ticks++) {
      const { getItem, setItem, removeItem, getKeys } = createStorage();
      const caller = new AbortController();
      const store = unstorageStore({
        storage: {
          async getItem(key) {
            void (async () => {
              for (let tick = 0; tick < ticks; tick++) await undefined;
              caller.abort();
            })();
            return getItem(key);
          },
          setItem(key, value) {
            expect(caller.signal.aborted, `after ${ticks} ticks`).toBe(false);
            return setItem(key, value);
          },
          removeItem,
          getKeys,
        },
      });
      await Promise.resolve(store.create(fresh(), now, caller)).catch((error) =>
        expect(error).toMatchObject(nothingWritten),
      );
    }
  });

  test("an operation given up while it writes delays the others until the write is over", async () => {
    const { storage, replace, read } = await setUp();
    const gate = storage.hold("setItem");
    const caller = new AbortController();
    const one = replace("one", caller.signal);
    await expect.poll(gate.isReached).toBe(true);
    caller.abort();
    const two = replace("two");
    await settle();
    expect(storage.calls).toEqual(["getItem", "setItem"]);
    gate.release();
    expect(await Promise.all([one, two])).toEqual([true, false]);
    expect((await read())?.body).toBe("one");
  });

  test("an operation given up on a write without a reply delays the others for 30 seconds", async () => {
    const { storage, replace, read } = await setUp();
    const gate = storage.hold("setItem");
    const caller = new AbortController();
    void replace("one", caller.signal);
    await expect.poll(gate.isReached).toBe(true);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const two = replace("two");
    await vi.advanceTimersByTimeAsync(60_000);
    caller.abort();
    await vi.advanceTimersByTimeAsync(29_999);
    await settle();
    expect(storage.calls).toEqual(["getItem", "setItem"]);
    // One millisecond more to read what has arrived.
    await vi.advanceTimersByTimeAsync(2);
    expect(await two).toBe(true);
    expect((await read())?.body).toBe("two");
  });

  test("a write without a reply does not keep the process alive", async () => {
    const { storage, replace } = await setUp();
    const gate = storage.hold("setItem");
    const caller = new AbortController();
    const timer = vi.spyOn(globalThis, "setTimeout");
    void replace("one", caller.signal);
    await expect.poll(gate.isReached).toBe(true);
    timer.mockClear();
    caller.abort();
    const set = timer.mock.results[0]?.value as NodeJS.Timeout;
    expect(set.hasRef()).toBe(false);
    gate.release();
    timer.mockRestore();
  });

  test("a call that reads many records has at most one listener on its signal", async () => {
    const store = unstorageStore({ storage: createStorage() });
    for (let i = 0; i < 100; i++) await store.create(fresh(), now);
    const { signal } = new AbortController();
    const counting = store.count?.("session", now, { signal });
    expect(await counting).toBe(100);
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
  });
});

describe("a storage that stops responding", () => {
  test("B40: costs each request its storeTimeout and no more, and nothing is written afterwards", async () => {
    const storage = heldStorage();
    const observer = recorder();
    const options = { observer, storeTimeout: "40ms", commitTimeout: "200ms" } as const;
    const sessions = createSessions<{ n: number }>({ store: unstorageStore({ storage }), ...options });
    const { id } = await sessions.issue({ data: { n: 0 } });
    const write = storage.hold("setItem");
    await expect(sessions.edit(id, (session) => session.set("n", 1))).rejects.toMatchObject({ status: 503 });
    await expect(sessions.edit(id, (session) => session.set("n", 2))).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
    });
    write.release();
    expect(await sessions.edit(id, (session) => session.get("n"))).toBe(1);
    expect(storage.calls.filter((call) => call === "setItem")).toHaveLength(2);
  });
});

describe("what goes through all records", () => {
  /** 100 records that are over, and one that is not. */
  async function setUpMany(): Promise<{
    storage: ReturnType<typeof heldStorage>;
    store: SessionStore;
    live: StoredRecord;
  }> {
    const storage = heldStorage();
    const store = unstorageStore({ storage });
    for (let i = 0; i < 100; i++) await store.create(fresh({ expiresAt: now + 1 }), now);
    const live = fresh();
    await store.create(live, now);
    storage.calls.length = 0;
    return { storage, store, live };
  }

  test("prune stops when its caller gives up, and the next call goes on from there", async () => {
    const { storage, store, live } = await setUpMany();
    const caller = new AbortController();
    const gate = storage.hold("removeItem");
    const first = store.prune?.(now + 1, 1000, caller);
    await expect.poll(gate.isReached).toBe(true);
    caller.abort();
    gate.release();
    await expect(first).rejects.toMatchObject(nothingWritten);
    const looked = storage.calls.filter((call) => call === "getItem").length;
    expect(looked).toBeLessThan(50);
    await store.prune?.(now + 1, 1000);
    expect(storage.calls.filter((call) => call === "getItem")).toHaveLength(101);
    await store.prune?.(now + 1, 1000);
    expect(await storage.getKeys()).toHaveLength(1);
    expect(await store.read(keyOf(live), now)).toEqual(live);
  });

  test("list and count stop when their caller gives up", async () => {
    const { storage, store } = await setUpMany();
    for (const ask of [
      (signal: AbortSignal) => store.count?.("session", now, { signal }),
      (signal: AbortSignal) => store.list?.("session", { limit: 5 }, now, { signal }),
    ]) {
      storage.calls.length = 0;
      const caller = new AbortController();
      const gate = storage.hold("getItem");
      const asking = ask(caller.signal);
      await expect.poll(gate.isReached).toBe(true);
      caller.abort();
      await expect(asking).rejects.toMatchObject(nothingWritten);
      gate.release();
      await settle();
      expect(storage.calls.length).toBeLessThan(50);
    }
  });
});
