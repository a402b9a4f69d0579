import { join } from "node:path";
import { createSessions } from "coatcheck";
import { keyvStore } from "coatcheck/bridges/keyv";
import { Keyv } from "keyv";
import { afterAll, describe, expect, test, vi } from "vitest";
import { stamp } from "../../src/testing/store/rule.ts";
import { newFolder } from "../support/bridges/backings.ts";
import { KeyvSqlite } from "../support/bridges/keyv-sqlite.ts";
import { fresh, hour, keyOf, next, now } from "../support/bridges/records.ts";
import { Browser, recorder } from "../support/browser/visitor.ts";

const { folder, remove } = newFolder();
afterAll(remove);

const overSqlite = (path = ":memory:") => {
  const adapter = new KeyvSqlite(path);
  const keyv = new Keyv({ store: adapter, throwOnErrors: true });
  keyv.on("error", () => undefined);
  return { adapter, keyv, store: keyvStore({ keyv }) };
};

describe("options", () => {
  test("what is no Keyv is refused", () => {
    for (const keyv of [undefined, null, {}, "sqlite://", Keyv]) {
      expect(() => keyvStore({ keyv: keyv as never })).toThrow("keyv must be an instance of Keyv.");
    }
  });

  test("a Keyv that hides the errors of its store is refused; over a Map there are none", () => {
    const store = new KeyvSqlite(":memory:");
    expect(() => keyvStore({ keyv: new Keyv({ store }) })).toThrow(/throwOnErrors: true/);
    expect(() => keyvStore({ keyv: new Keyv({ store, throwOnErrors: true }) })).not.toThrow();
    expect(() => keyvStore({ keyv: new Keyv() })).not.toThrow();
  });
});

test("B2: sessions outlive the process' Keyv", async () => {
  const path = join(folder, "restart.db");
  const before = overSqlite(path);
  const record = fresh({ userId: "ada" });
  await before.store.create(record, now);
  await before.adapter.disconnect();
  const after = keyvStore({ keyv: new Keyv({ store: new KeyvSqlite(path), throwOnErrors: true }) });
  expect(await after.read(keyOf(record), now)).toEqual(record);
});

test("B37: another value is no session and stays as it is", async () => {
  const values = new Map<string, string>();
  const keyv = new Keyv({ store: values });
  const store = keyvStore({ keyv });
  const record = fresh();
  await store.create(record, now);
  const key = [...values.keys()][0]?.replace("keyv:", "") ?? "";
  for (const other of [{ user: "bob" }, "text", 0, false, ["list"]]) {
    await keyv.set(key, other);
    expect(await store.read(keyOf(record), now)).toBeUndefined();
    expect(await store.create(record, now)).toBe(false);
    expect(await store.replace(next(record), stamp(1), now)).toBe(false);
    expect(await store.delete(keyOf(record))).toBe(false);
    await store.clear?.("session");
    expect(await keyv.get(key)).toEqual(other);
  }
});

test("B52: values of others in the same Keyv survive list, count, clear and prune", async () => {
  const { keyv, store } = overSqlite();
  await keyv.set("other", { a: 1 });
  await keyv.set("coatcheck:other", "text");
  const record = fresh({ expiresAt: now + 1 });
  await store.create(record, now);
  expect((await store.list?.("session", { limit: 5 }, now))?.records).toEqual([record]);
  expect(await store.prune?.(now + 1, 5)).toBe(1);
  await store.clear?.("session");
  expect([await keyv.get("other"), await keyv.get("coatcheck:other")]).toEqual([{ a: 1 }, "text"]);
});

test("the adapter's own expiry comes five minutes after the deadline and moves with it", async () => {
  const { adapter, store } = overSqlite();
  const set = vi.spyOn(adapter, "set");
  const minutes = (): number => Math.round((set.mock.lastCall as unknown[])[2] as number) / 60_000;
  const record = fresh();
  await store.create(record, now);
  expect(minutes()).toBe(65);
  await store.touch(keyOf(record), stamp(1), now, now + 2 * hour, now);
  expect(minutes()).toBe(125);
});

describe("failures", () => {
  test("B25: an outage is an outage, not the end of the sessions", async () => {
    const { adapter, store } = overSqlite();
    const sessions = createSessions<{ n: number }>({ store, observer: recorder() });
    const visitor = new Browser(sessions);
    await visitor.visit((session) => session.set("n", 1));
    const cookie = visitor.cookieHeader;
    await adapter.disconnect();
    const answer = await visitor.visit((session) => session.get("n"));
    expect([answer.status, answer.setCookies]).toEqual([503, []]);
    expect(visitor.cookieHeader).toBe(cookie);
  });

  test("who could not read knows that nothing was written; who could not write knows nothing", async () => {
    const { adapter, store } = overSqlite();
    const record = fresh();
    const reset = new Error("connection reset");
    vi.spyOn(adapter, "get").mockRejectedValueOnce(reset);
    await expect(store.create(record, now)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", cause: reset });
    vi.spyOn(adapter, "set").mockRejectedValueOnce(reset);
    await expect(store.create(record, now)).rejects.toBe(reset);
  });

  test("an adapter that says false has not done it", async () => {
    const { adapter, store } = overSqlite();
    const record = fresh();
    const set = vi.spyOn(adapter, "set").mockResolvedValueOnce(false as never);
    await expect(store.create(record, now)).rejects.toThrow("Keyv's set() returned false");
    set.mockRestore();
    await store.create(record, now);
    vi.spyOn(adapter, "delete").mockResolvedValueOnce(false);
    await expect(store.delete(keyOf(record))).rejects.toThrow("Keyv's delete() returned false");
    expect(await store.delete(keyOf(record))).toBe(true);
  });

  test("an adapter that says false because another caller was faster has nothing left to do", async () => {
    const { adapter, keyv, store } = overSqlite();
    const record = fresh();
    await store.create(record, now);
    vi.spyOn(adapter, "delete").mockImplementationOnce(async () => {
      await keyv.clear();
      return false;
    });
    expect(await store.delete(keyOf(record))).toBe(true);
  });

  test("going through the entries stops when the caller gives up", async () => {
    const { keyv, store } = overSqlite();
    for (let i = 0; i < 20; i++) await store.create(fresh(), now);
    const caller = new AbortController();
    let seen = 0;
    const { iterator } = keyv;
    keyv.iterator = async function* (argument: unknown) {
      for await (const entry of iterator?.(argument) ?? []) {
        if (++seen === 3) caller.abort();
        yield entry;
      }
    };
    await expect(store.count?.("session", now, caller)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(seen).toBe(3);
  });
});
