import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { createSessions } from "coatcheck";
import { type ExpressSessionStore, expressSessionStore } from "coatcheck/bridges/express-session";
import { createClient } from "redis";
import { afterAll, describe, expect, test } from "vitest";
import { stamp } from "../../src/testing/store/rule.ts";
import { newFolder, newPrefix } from "../support/bridges/backings.ts";
import {
  closeClients,
  ExpressMemoryStore,
  fileStoreIn,
  LruMemoryStore,
  newPostgresTable,
  PgStore,
  postgresPool,
  RedisStore,
  redisClient,
  type Store,
} from "../support/bridges/express-stores.ts";
import { fresh, hour, keyOf, next, now } from "../support/bridges/records.ts";
import { Browser, recorder } from "../support/browser/visitor.ts";
import { service } from "../support/service.ts";

const postgresUrl = await service("postgres");
const redisUrl = await service("redis");

const { folder, remove } = newFolder();
afterAll(remove);
afterAll(closeClients);

type Callback = (error?: unknown, value?: unknown) => void;
type Rows = Record<string, string>;

/** The store of express-session itself, with a look at its rows. */
function memory(): { store: Store & { sessions: Rows }; bridge: ReturnType<typeof expressSessionStore> } {
  const store = new ExpressMemoryStore() as Store & { sessions: Rows };
  return { store, bridge: expressSessionStore({ store }) };
}

/** The same with some methods of another kind; the others are the real ones. */
function odd(change: (real: Store) => Partial<ExpressSessionStore>) {
  const real = new ExpressMemoryStore();
  const store: ExpressSessionStore = {
    get: (sid, callback) => real.get(sid, callback),
    set: (sid, row, callback) => real.set(sid, row, callback),
    destroy: (sid, callback) => real.destroy(sid, callback),
    ...change(real),
  };
  return { real, bridge: expressSessionStore({ store }) };
}

describe("options", () => {
  test("what is no store is refused, a class too", () => {
    for (const store of [undefined, null, {}, ExpressMemoryStore, "redis://localhost"]) {
      expect(() => expressSessionStore({ store: store as never })).toThrow(/^store must be an instance/);
    }
  });

  test("two prefixes share nothing", async () => {
    const { store } = memory();
    const [one, two] = ["a-", "b-"].map((prefix) => expressSessionStore({ store, prefix }));
    const record = fresh();
    await one?.create(record, now);
    expect(await two?.read(keyOf(record), now)).toBeUndefined();
    expect([await one?.count?.("session", now), await two?.count?.("session", now)]).toEqual([1, 0]);
  });
});

describe("rows", () => {
  test("rows look like those of express-session, and are new for each call", async () => {
    const rows: object[] = [];
    const { bridge } = odd((real) => ({
      set: (sid, row, callback) => {
        rows.push(row);
        return real.set(sid, row, callback);
      },
    }));
    const record = fresh();
    await bridge.create(record, now);
    await bridge.touch(keyOf(record), stamp(1), now, now + 2 * hour, now);
    const [first, second] = rows as { cookie: Record<string, unknown>; coatcheck: string }[];
    expect(Object.keys(first ?? {})).toEqual(["cookie", "coatcheck"]);
    expect(first?.cookie.expires).toBeInstanceOf(Date);
    expect(first?.cookie.originalMaxAge).toBe(record.expiresAt - now + 300_000);
    expect(first?.cookie.maxAge).toBeTypeOf("number");
    expect(JSON.parse(JSON.stringify(first))).toEqual({
      cookie: {
        originalMaxAge: 3_900_000,
        expires: expect.stringMatching(/^\d{4}-.*Z$/),
        httpOnly: true,
        path: "/",
      },
      coatcheck: expect.stringContaining(record.id),
    });
    expect(second?.cookie).not.toBe(first?.cookie);
    expect(second?.cookie.originalMaxAge).toBe(7_500_000);
  });

  test("rows may come back as text, with a Date, and with fields that the store has added", async () => {
    for (const change of [
      (row: object) => JSON.stringify(row),
      (row: object) => ({ ...row, __lastAccess: 1, lastModified: new Date(), id: "x" }),
      (row: object) => ({ ...row, cookie: { expires: new Date() } }),
    ]) {
      const { bridge } = odd((real) => ({
        get: (sid, callback) => real.get(sid, (error, row) => callback(error, row && change(row))),
      }));
      const record = fresh();
      expect(await bridge.create(record, now)).toBe(true);
      expect(await bridge.read(keyOf(record), now)).toEqual(record);
      expect(await bridge.replace(next(record), stamp(1), now)).toBe(true);
      expect(await bridge.read(keyOf(record), now)).toEqual(next(record));
    }
  });

  test("B37: a row that express-session wrote is no session and stays as it is", async () => {
    const { store, bridge } = memory();
    const record = fresh();
    await bridge.create(record, now);
    const [sid = ""] = Object.keys(store.sessions);
    const cookie = { originalMaxAge: null, expires: null, httpOnly: true, path: "/" };
    for (const other of [{ cookie, user: "bob" }, { cookie }, { cookie, coatcheck: { id: "x" } }, "text", 7]) {
      store.sessions[sid] = JSON.stringify(other);
      expect(await bridge.read(keyOf(record), now)).toBeUndefined();
      expect(await bridge.create(record, now)).toBe(false);
      expect(await bridge.replace(next(record), stamp(1), now)).toBe(false);
      expect(await bridge.touch(keyOf(record), stamp(1), now, now + hour, now)).toBe(false);
      expect(await bridge.delete(keyOf(record))).toBe(false);
      expect(store.sessions[sid]).toBe(JSON.stringify(other));
    }
  });

  test("B52: sessions of express-session in the same store survive list, count, clear", async () => {
    const { store, bridge } = memory();
    store.sessions.theirs = JSON.stringify({ cookie: { expires: null }, user: "bob" });
    const record = fresh();
    await bridge.create(record, now);
    expect((await bridge.list?.("session", { limit: 5 }, now))?.records).toEqual([record]);
    expect(await bridge.count?.("session", now)).toBe(1);
    await bridge.clear?.("session");
    expect(Object.keys(store.sessions)).toEqual(["theirs"]);
  });

  test("rows are found through all() as a list without ids, as a map, and through ids()", async () => {
    const everything = (real: Store, callback: Callback, pick: (rows: Rows) => unknown) =>
      real.all?.((error, rows) => callback(error, pick(rows as Rows)));
    const kinds: ((real: Store) => Partial<ExpressSessionStore>)[] = [
      (real) => ({ all: (callback) => everything(real, callback, (rows) => rows) }),
      (real) => ({ all: (callback) => everything(real, callback, Object.values) }),
      (real) => ({ ids: (callback) => everything(real, callback, Object.keys) }),
      (real) => ({ all: (callback) => everything(real, callback, () => null) }),
    ];
    const counts = kinds.map(async (kind) => {
      const { bridge } = odd(kind);
      for (let i = 0; i < 3; i++) await bridge.create(fresh(), now);
      return bridge.count?.("session", now);
    });
    expect(await Promise.all(counts)).toEqual([3, 3, 3, 0]);
  });
});

describe("callbacks", () => {
  const broken = new Error("broken");
  const record = fresh();

  test("a store that calls twice is heard once", async () => {
    const { bridge } = odd((real) => ({
      get: (sid, callback) => {
        real.get(sid, (error, row) => {
          callback(error, row);
          callback(broken);
        });
      },
    }));
    expect(await bridge.create(record, now)).toBe(true);
    expect(await bridge.read(keyOf(record), now)).toEqual(record);
  });

  test("a store that fails by throwing, by a callback or by a promise has failed", async () => {
    const ways: ((sid: string, row: object, callback: Callback) => unknown)[] = [
      () => {
        throw broken;
      },
      (_sid, _row, callback) => callback(broken),
      () => Promise.reject(broken),
      async (_sid, _row, callback) => {
        await turn();
        callback(broken);
        throw new Error("later");
      },
    ];
    for (const set of ways) {
      const { bridge } = odd(() => ({ set }));
      await expect(bridge.create(record, now)).rejects.toBe(broken);
    }
  });

  test("a store that is async only for what it does first is waited for", async () => {
    const { bridge } = odd((real) => ({
      async get(sid, callback) {
        setTimeout(() => real.get(sid, callback), 5);
      },
      async set(sid, row, callback) {
        setTimeout(() => real.set(sid, row, callback), 5);
        return this;
      },
    }));
    expect(await bridge.create(record, now)).toBe(true);
    expect(await bridge.read(keyOf(record), now)).toEqual(record);
  });

  test("what our side throws never runs inside the store", async () => {
    let inside = false;
    let reentered = false;
    const { bridge } = odd((real) => ({
      get: (sid, callback) =>
        real.get(sid, (error, row) => {
          inside = true;
          callback(error, row);
          inside = false;
        }),
    }));
    await Promise.resolve(bridge.read(keyOf(record), now)).then(() => {
      reentered = inside;
    });
    expect(reentered).toBe(false);
  });

  test("ENOENT at get is a missing row, anywhere else an error", async () => {
    const missing = Object.assign(new Error("no such file"), { code: "ENOENT" });
    const { bridge } = odd(() => ({ get: (_sid, callback) => callback(missing) }));
    expect(await bridge.read(keyOf(record), now)).toBeUndefined();
    const { bridge: other } = odd(() => ({ set: (_sid, _row, callback) => callback(missing) }));
    await expect(other.create(record, now)).rejects.toBe(missing);
  });

  test("methods are looked up when they are called, so a store may be instrumented later", async () => {
    const { store, bridge } = memory();
    const seen: string[] = [];
    const { get } = store;
    store.get = function (this: Store, sid, callback) {
      seen.push(sid);
      return get.call(this, sid, callback);
    };
    await bridge.read(keyOf(record), now);
    expect(seen).toHaveLength(1);
  });
});

describe('a store that says "disconnect"', () => {
  test('a store that says "disconnect" is not asked until it says "connect"', async () => {
    const { store, bridge } = memory();
    const record = fresh();
    await bridge.create(record, now);
    store.emit("disconnect");
    const down = { code: "STORE_UNAVAILABLE", message: expect.stringContaining("disconnect") };
    await expect(bridge.read(keyOf(record), now)).rejects.toMatchObject(down);
    await expect(bridge.delete(keyOf(record))).rejects.toMatchObject(down);
    await expect(expressSessionStore({ store }).count?.("session", now)).rejects.toMatchObject(down);
    store.emit("connect");
    expect(await bridge.read(keyOf(record), now)).toEqual(record);
  });

  test('a store that says "disconnect" gets one pair of listeners, however many bridges there are', () => {
    const store = new ExpressMemoryStore() as Store & { listenerCount(event: string): number };
    for (let i = 0; i < 20; i++) expressSessionStore({ store });
    expect([store.listenerCount("connect"), store.listenerCount("disconnect")]).toEqual([1, 1]);
  });

  test('B25: a store that says "disconnect" is an outage, not the end of the sessions', async () => {
    const { store, bridge } = memory();
    const sessions = createSessions<{ n: number }>({ store: bridge, observer: recorder() });
    const visitor = new Browser(sessions);
    await visitor.visit((session) => session.set("n", 1));
    store.emit("disconnect");
    const answer = await visitor.visit((session) => session.get("n"));
    expect([answer.status, answer.setCookies]).toEqual([503, []]);
    store.emit("connect");
    expect((await visitor.visit((session) => session.get("n"))).result).toBe(1);
  });
});

describe("the store's own expiry comes five minutes after the deadline and moves with it", () => {
  /** The store keeps what is written now for so many minutes: `ask` returns until when. */
  const expectKept = async (minutes: number, write: () => unknown, ask: () => unknown): Promise<void> => {
    const earliest = Date.now() + minutes * 60_000;
    await write();
    const until = Number(await ask());
    const latest = Date.now() + minutes * 60_000;
    // Redis counts in whole seconds.
    expect(until).toBeGreaterThan(earliest - 2_000);
    expect(until).toBeLessThan(latest + 2_000);
  };

  test("memorystore", async () => {
    const store = new LruMemoryStore({});
    const bridge = expressSessionStore({ store });
    const record = fresh();
    const { store: cache } = store as unknown as { store: { dump(): { e: number }[] } };
    const expiry = () => cache.dump()[0]?.e;
    await expectKept(65, () => bridge.create(record, now), expiry);
    await expectKept(125, () => bridge.touch(keyOf(record), stamp(1), now, now + 2 * hour, now), expiry);
  });

  test("session-file-store", async () => {
    const path = join(folder, "expiry");
    mkdirSync(path);
    const bridge = expressSessionStore({ store: fileStoreIn(path) });
    const record = fresh();
    await bridge.create(record, now);
    const file = readdirSync(path)[0] as string;
    expect(file).toMatch(/^coatcheck-[0-9a-f]{64}\.json$/);
    const read = () => JSON.parse(readFileSync(join(path, file), "utf8"));
    expect(read().cookie.originalMaxAge).toBe(65 * 60_000);
    await bridge.touch(keyOf(record), stamp(1), now, now + 2 * hour, now);
    expect(read().cookie.originalMaxAge).toBe(125 * 60_000);
  });

  test.skipIf(redisUrl === undefined)("connect-redis", async () => {
    const client = await redisClient();
    const prefix = `${newPrefix()}:`;
    const bridge = expressSessionStore({ store: new RedisStore({ client, prefix }) });
    const record = fresh();
    const key = async () => (await client.keys(`${prefix}*`))[0] ?? "";
    const expiry = async () => Date.now() + (await client.ttl(await key())) * 1_000;
    await expectKept(65, () => bridge.create(record, now), expiry);
    // A deadline in the past must not read to the store as a wish to delete.
    const past = { ...next(record), lastSeenAt: now + 1, expiresAt: now - hour };
    await expectKept(5, () => bridge.replace(past, stamp(1), now), expiry);
    await client.del(await key());
  });

  test.skipIf(postgresUrl === undefined)("connect-pg-simple", async () => {
    const tableName = await newPostgresTable();
    const pool = postgresPool();
    const bridge = expressSessionStore({ store: new PgStore({ pool, tableName, pruneSessionInterval: false }) });
    const record = fresh();
    const expiry = async (): Promise<number> => {
      const { rows } = await pool.query(
        `SELECT extract(epoch from expire::timestamptz) * 1000 AS at FROM ${tableName}`,
      );
      return Number(rows[0].at);
    };
    await expectKept(65, () => bridge.create(record, now), expiry);
    await expectKept(125, () => bridge.touch(keyOf(record), stamp(1), now, now + 2 * hour, now), expiry);
    await pool.query(`DROP TABLE ${tableName}`);
  });
});

describe.skipIf(redisUrl === undefined)("connect-redis over a client that is closed", () => {
  test("connect-redis over a closed client is an outage: what could not be read was not written", async () => {
    const client = createClient({ url: redisUrl ?? "" });
    await client.connect();
    const bridge = expressSessionStore({ store: new RedisStore({ client, prefix: `${newPrefix()}:` }) });
    await client.close();
    const record = fresh();
    await expect(bridge.read(keyOf(record), now)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await expect(bridge.create(record, now)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  });
});
