import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createSessions } from "coatcheck";
import { unstorageStore } from "coatcheck/bridges/unstorage";
import { Redis } from "ioredis";
import { createStorage, prefixStorage } from "unstorage";
import kvBindingDriver from "unstorage/drivers/cloudflare-kv-binding";
import kvHttpDriver from "unstorage/drivers/cloudflare-kv-http";
import fsDriver from "unstorage/drivers/fs";
import redisDriver from "unstorage/drivers/redis";
import { afterAll, describe, expect, test } from "vitest";
import { stamp } from "../../src/testing/store/rule.ts";
import { newFolder, newPrefix } from "../support/bridges/backings.ts";
import { heldStorage } from "../support/bridges/held-storage.ts";
import { fresh, hour, keyOf, next, now } from "../support/bridges/records.ts";
import { recorder } from "../support/browser/visitor.ts";
import { service } from "../support/service.ts";

const { folder, remove } = newFolder();
afterAll(remove);

describe("options", () => {
  test("what is no storage is refused", () => {
    for (const storage of [undefined, null, {}, new Map(), "redis://localhost"]) {
      expect(() => unstorageStore({ storage: storage as never })).toThrow(
        /storage must be the result of createStorage\(\)/,
      );
    }
  });

  test.each(["", ":", "a::b", ":a", "a?b", "a/b", "../a", "a.b", "a b", "x".repeat(65), 7])("prefix %j", (prefix) => {
    const storage = createStorage();
    expect(() => unstorageStore({ storage, prefix: prefix as string })).toThrow(/^prefix must have 1 to 64 letters/);
  });

  test("Workers KV is refused where it can be seen: as the only driver, or mounted where the sessions would be", () => {
    const kv = kvBindingDriver({ binding: "KV" });
    const viaHttp = kvHttpDriver({ accountId: "a", namespaceId: "n", apiToken: "t" });
    const refused = [
      createStorage({ driver: kv }),
      createStorage({ driver: viaHttp }),
      prefixStorage(createStorage({ driver: kv }), "shop"),
      createStorage().mount("coatcheck", kv),
      createStorage({ driver: kv }).mount("coatcheck", viaHttp),
    ];
    for (const storage of refused) {
      expect(() => unstorageStore({ storage })).toThrow(
        /^Sessions cannot be kept in Workers KV\. It has no compare-and-set/,
      );
    }
    const elsewhere = [
      createStorage().mount("assets", kv),
      createStorage({ driver: kv }).mount("coatcheck", fsDriver({ base: folder })),
      prefixStorage(createStorage({ driver: kv }).mount("shop", fsDriver({ base: folder })), "shop"),
    ];
    for (const storage of elsewhere) expect(unstorageStore({ storage }).name).toBe("unstorage");
    expect(() => unstorageStore({ storage: createStorage().mount("a", kv), prefix: "a:b" })).toThrow(/Workers KV/);
    expect(unstorageStore({ storage: createStorage().mount("a:b", kv), prefix: "a:b" }).name).toBe("unstorage");
  });

  test("two prefixes share nothing, whether or not they end in a colon", async () => {
    const storage = createStorage();
    const prefixes = [undefined, "coatcheck", "a:", "a:b", "a:b:", "ab"];
    const stores = prefixes.map((prefix) => unstorageStore({ storage, prefix }));
    const record = fresh();
    for (const store of stores) expect(await store.create(record, now)).toBe(true);
    for (const store of stores) expect(await store.count?.("session", now)).toBe(1);
    await stores[3]?.clear?.("session");
    expect(await Promise.all(stores.map((store) => store.count?.("session", now)))).toEqual([1, 1, 1, 0, 1, 1]);
  });
});

describe("what lies in the storage", () => {
  test("names of files are digests: nothing of a key, and nothing that two file systems see differently", async () => {
    const base = join(folder, "names");
    const store = unstorageStore({ storage: createStorage({ driver: fsDriver({ base }) }) });
    for (const id of ["../../up", "A", "a", "a:b", "a/b", "a$", "\u0000", "\ud800", "x".repeat(300), ""]) {
      expect(await store.create(fresh({ id }), now)).toBe(true);
    }
    expect(readdirSync(base)).toEqual(["coatcheck"]);
    const names = readdirSync(join(base, "coatcheck"));
    expect(names).toHaveLength(10);
    expect(names.filter((name) => !/^[0-9a-f]{64}$/.test(name))).toEqual([]);
  });

  test("B37: another value, a torn one and one of a later format are no sessions and stay as they are", async () => {
    const storage = createStorage();
    const store = unstorageStore({ storage });
    const record = fresh();
    await store.create(record, now);
    const [key = ""] = await storage.getKeys();
    const text = (await storage.getItem(key)) as string;
    const others = [
      { cookie: { originalMaxAge: null }, user: "bob" },
      "text",
      "",
      true,
      0,
      ["list"],
      text.slice(0, -1),
      text.replace("coatcheck:1:", "coatcheck:2:"),
      "coatcheck:1:null",
      "coatcheck:1:[]",
      `coatcheck:1:${JSON.stringify({ ...record, version: "1" })}`,
      `coatcheck:1:${JSON.stringify({ ...record, userId: 7 })}`,
      `coatcheck:1:${JSON.stringify({ ...record, id: "of another key" })}`,
    ];
    for (const other of others) {
      await storage.setItem(key, other);
      const before = await storage.getItem(key);
      expect(await store.read(keyOf(record), now)).toBeUndefined();
      expect(await store.create(record, now)).toBe(false);
      expect(await store.replace(next(record), stamp(1), now)).toBe(false);
      expect(await store.touch(keyOf(record), stamp(1), now, now + hour, now)).toBe(false);
      expect(await store.delete(keyOf(record))).toBe(false);
      expect(await storage.getItem(key)).toEqual(before);
    }
  });

  test("B52: values of others below the same prefix survive list, count, clear and prune, and are not even read", async () => {
    const storage = heldStorage();
    const store = unstorageStore({ storage });
    await storage.setItem("coatcheck:settings", "{}");
    await storage.setItem("other", "1");
    const record = fresh({ expiresAt: now + 1 });
    await store.create(record, now);
    storage.calls.length = 0;
    expect((await store.list?.("session", { limit: 5 }, now))?.records).toEqual([record]);
    expect(await store.count?.("session", now)).toBe(1);
    expect(await store.prune?.(now + 1, 5)).toBe(1);
    await store.clear?.("session");
    expect(storage.calls.filter((call) => call === "getItem")).toHaveLength(3);
    expect((await storage.getKeys()).sort()).toEqual(["coatcheck:settings", "other"]);
  });
});

describe("failures", () => {
  test("who could not read knows that nothing was written; who could not write knows nothing", async () => {
    const storage = heldStorage();
    const store = unstorageStore({ storage });
    const record = fresh();
    const reset = new Error("connection reset");
    storage.fail("getItem", reset);
    await expect(store.create(record, now)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", cause: reset });
    storage.fail("getItem", reset);
    await expect(store.read(keyOf(record), now)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", cause: reset });
    storage.fail("setItem", reset);
    await expect(store.create(record, now)).rejects.toBe(reset);
    expect(await store.create(record, now)).toBe(true);
    storage.fail("removeItem", reset);
    await expect(store.delete(keyOf(record))).rejects.toBe(reset);
    expect(await store.delete(keyOf(record))).toBe(true);
  });

  test("a write whose reply was lost is found again: 30 acknowledged increments are 30", async () => {
    const storage = createStorage();
    let writes = 0;
    const { getItem, removeItem, getKeys } = storage;
    const setItem = async (key: string, value: string): Promise<void> => {
      await storage.setItem(key, value);
      if (++writes % 3 === 0) throw new Error("connection reset");
    };
    const store = unstorageStore({ storage: { getItem, setItem, removeItem, getKeys } });
    const sessions = createSessions<{ n: number }>({ store, observer: recorder() });
    const { id } = await sessions.issue();
    for (let i = 0; i < 30; i++) await sessions.edit(id, (session) => session.update("n", (n) => (n ?? 0) + 1));
    expect(await sessions.edit(id, (session) => session.get("n"))).toBe(30);
    expect(writes).toBe(31);
  });

  test("a cursor that list() did not make is refused", async () => {
    const store = unstorageStore({ storage: createStorage() });
    for (const cursor of ["", "x", "[]", "[1]", '["1","a"]', "{}", "null"]) {
      const listing = store.list?.("session", { limit: 1, cursor }, now);
      await expect(listing).rejects.toMatchObject({ code: "INVALID_OPTION" });
    }
  });
});

const url = await service("redis");

describe.skipIf(url === undefined)("the driver's own expiry", () => {
  test("the driver's own expiry comes five minutes after the deadline, moves with it, and has an end in every engine", async () => {
    const base = newPrefix();
    const redis = new Redis(url ?? "");
    const storage = createStorage({ driver: redisDriver({ url: url ?? "", base }) });
    const store = unstorageStore({ storage });
    const record = fresh();
    await store.create(record, now);
    const [key = ""] = await redis.keys(`${base}:*`);
    const ttl = async (): Promise<number> => Math.round((await redis.ttl(key)) / 60);
    expect(await ttl()).toBe(65);
    await store.touch(keyOf(record), stamp(1), now, now + 2 * hour, now);
    expect(await ttl()).toBe(125);
    await store.replace({ ...next(record), lastSeenAt: now + 1, expiresAt: now + 3 * hour }, stamp(1), now);
    expect(await ttl()).toBe(185);
    await store.replace({ ...next(next(record)), lastSeenAt: now + 1, expiresAt: now - hour }, stamp(2), now);
    expect(await ttl()).toBe(5);
    const endless = fresh({ expiresAt: 253_402_300_799_000 });
    await store.create(endless, now);
    const keys = await redis.keys(`${base}:*`);
    const longest = Math.max(...(await Promise.all(keys.map((one) => redis.ttl(one)))));
    expect(Math.round(longest / 86_400 / 365)).toBe(50);
    await redis.del(...keys);
    redis.disconnect();
    await storage.dispose();
  });
});
