import type { SessionStore } from "coatcheck";
import { type NativeStore, type NativeStoreOptions, nativeStore } from "coatcheck/native-store";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import { afterEach, describe, expect, test } from "vitest";
import { deferred } from "../../support/adapters/node.ts";
import {
  type App,
  type Bag,
  Client,
  cookiesOf,
  type Handler,
  original,
  start,
} from "../../support/express-session/apps.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

const quiet = { resave: false, saveUninitialized: false };

/** What a handler may put into the bag. */
type Any = Bag & Record<string, unknown>;
const bagOf = (session: Bag): Any => session as Any;

function native(store: SessionStore = memoryStore(), options: NativeStoreOptions = {}): NativeStore {
  const made = nativeStore(store, options);
  open.push({ close: () => made.sessions.close() });
  return made;
}

async function begin(options: Parameters<typeof start>[1], ...handlers: Handler[]): Promise<App> {
  const app = await start("ours", { ...quiet, ...options }, ...handlers);
  open.push(app);
  return app;
}

/** Does what the path says: `/set?key=value`, `/delete?key`, and so on. Answers with the bag. */
const byPath: Handler = async (req, res) => {
  const bag = bagOf(req.session);
  if (req.path === "/set") Object.assign(bag, req.query);
  if (req.path === "/push") (bag.list as { value: number[] }).value.push(2);
  if (req.path === "/list") bag.list = { value: [1] };
  if (req.path === "/delete") for (const key of Object.keys(req.query)) delete bag[key];
  if (req.path === "/logout") await req.session.destroy();
  if (req.path === "/login") {
    await req.session.regenerate();
    bagOf(req.session).passport = { user: req.query.user };
  }
  const { cookie: _, ...data } = { ...req.session };
  res.json({ ...data });
};

const bodyOf = async (asked: Promise<{ readonly body: string }>): Promise<unknown> => JSON.parse((await asked).body);

describe("the bag", () => {
  test("keeps what handlers set, change in place and delete", async () => {
    const app = await begin({ store: native() }, byPath);
    const client = new Client();
    const bodies: unknown[] = [];
    for (const path of ["/set?a=1&b=2", "/list", "/push", "/delete?a", "/"])
      bodies.push(await bodyOf(client.get(app, path)));
    expect(bodies.at(-1)).toEqual({ b: "2", list: { value: [1, 2] } });
    expect(client.jar.size).toBe(1);
  });

  test("has what JSON makes of a value, as in express-session", async () => {
    class Money {
      toJSON(): object {
        return { amount: 3 };
      }
    }
    const values = {
      date: new Date(0),
      money: new Money(),
      nothing: undefined,
      call: () => 1,
      list: [undefined, Number.NaN],
    };
    const seen: unknown[] = [];
    for (const maker of ["ours", "original"] as const) {
      const store = maker === "ours" ? native() : new original.MemoryStore();
      const app = await start(maker, { ...quiet, store }, (req, res) => {
        if (req.path === "/set") Object.assign(req.session, values);
        const { cookie: _, ...data } = { ...req.session };
        res.json(req.path === "/set" ? {} : { ...data });
      });
      open.push(app);
      const client = new Client();
      await client.get(app, "/set");
      seen.push((await client.get(app)).body);
    }
    expect(seen[0]).toBe('{"date":"1970-01-01T00:00:00.000Z","money":{"amount":3},"list":[null,null]}');
    expect(seen[0]).toBe(seen[1]);
  });

  test("has a cookie whose attributes and lifetime stay", async () => {
    const clock = testClock();
    const store = native(memoryStore(), { clock: clock.now });
    const app = await begin({ store, cookie: { maxAge: 60_000, sameSite: "lax" } }, (req, res) => {
      if (req.path === "/long") req.session.cookie.maxAge = 3_600_000;
      req.session.views ??= 1;
      const { originalMaxAge, sameSite, expires } = req.session.cookie;
      res.json([originalMaxAge, sameSite, expires instanceof Date]);
    });
    const client = new Client();
    await client.get(app);
    expect(await bodyOf(client.get(app))).toEqual([60_000, "lax", true]);
    const timeLeft = async (): Promise<number> => {
      const [info] = (await store.sessions.list({ anyUser: true })).sessions;
      return Math.round(((info?.expiresAt.getTime() ?? 0) - clock.now()) / 1000);
    };
    expect(await timeLeft()).toBe(60);
    await client.get(app, "/long");
    expect(await timeLeft()).toBe(3600);
    expect(await bodyOf(client.get(app))).toEqual([3_600_000, "lax", true]);
  });

  test("a visit without changes keeps the session alive, and a session without visits ends", async () => {
    const clock = testClock();
    const app = await begin({ store: native(memoryStore(), { clock: clock.now }), cookie: { maxAge: 60_000 } }, byPath);
    const client = new Client();
    await client.get(app, "/set?a=1");
    for (let visit = 0; visit < 4; visit++) {
      clock.advance("40s");
      expect(await bodyOf(client.get(app))).toEqual({ a: "1" });
    }
    clock.advance("61s");
    expect(await bodyOf(client.get(app))).toEqual({});
  });
});

describe("B126: parallel requests", () => {
  test("keep each other's changes, key by key", async () => {
    const arrived: (() => void)[] = [];
    const both = deferred();
    const app = await begin({ store: native() }, async (req, res) => {
      if (req.path === "/one" || req.path === "/two") {
        arrived.push(() => undefined);
        if (arrived.length === 2) both.resolve();
        await both.promise;
        bagOf(req.session)[req.path.slice(1)] = true;
        if (req.path === "/one") delete bagOf(req.session).old;
      } else if (req.path === "/begin") Object.assign(req.session, { old: 1, kept: 2 });
      const { cookie: _, ...data } = { ...req.session };
      res.json({ ...data });
    });
    const client = new Client();
    await client.get(app, "/begin");
    await Promise.all([client.get(app, "/one"), client.get(app, "/two")]);
    expect(await bodyOf(client.get(app))).toEqual({ kept: 2, one: true, two: true });
  });

  test("a write after the session has ended stores nothing, and is told to the application", async () => {
    const store = native();
    const inside = deferred();
    const goOn = deferred();
    const app = await begin({ store }, async (req, res, next) => {
      if (req.path === "/slow") {
        inside.resolve();
        await goOn.promise;
        req.session.views = 9;
        res.end();
      } else byPath(req, res, next);
    });
    const client = new Client();
    await client.get(app, "/set?a=1");
    const copy = new Client();
    for (const [name, value] of client.jar) copy.jar.set(name, value);
    const slow = copy.get(app, "/slow");
    await inside.promise;
    await client.get(app, "/logout");
    goOn.resolve();
    expect((await slow).status).toBe(200);
    await expect.poll(() => app.errors.map((error) => (error as { code?: string }).code)).toEqual(["SESSION_GONE"]);
    expect(await store.sessions.count()).toBe(0);
    expect(await bodyOf(copy.get(app))).toEqual({});
  });

  test("a change after the first byte, of a session that was only visited, is stored", async () => {
    const app = await begin({ store: native() }, (req, res) => {
      if (req.path === "/late") {
        res.write("a");
        setImmediate(() => {
          bagOf(req.session).late = true;
          res.end("b");
        });
      } else byPath(req, res, () => undefined);
    });
    const client = new Client();
    await client.get(app, "/set?a=1");
    expect((await client.get(app, "/late")).body).toBe("ab");
    expect(await bodyOf(client.get(app))).toEqual({ a: "1", late: true });
    expect(app.errors).toEqual([]);
  });
});

describe("B127: whose session it is", () => {
  test("the user of passport is found by the manager, and all of their sessions can be ended but one", async () => {
    const store = native();
    const app = await begin({ store }, (req, res, next) =>
      req.path === "/id" ? void res.json(req.sessionID) : byPath(req, res, next),
    );
    const [phone, laptop, other] = [new Client(), new Client(), new Client()];
    for (const client of [phone, laptop]) await client.get(app, "/login?user=ada");
    await other.get(app, "/login?user=bob");
    const { sessions } = await store.sessions.list({ userId: "ada" });
    expect(sessions.map(({ userId }) => userId)).toEqual(["ada", "ada"]);
    const sid = (await bodyOf(laptop.get(app, "/id"))) as string;
    expect(await store.sessions.revokeAll("ada", { except: await store.idOf(sid) })).toBe(1);
    expect(await bodyOf(phone.get(app))).toEqual({});
    expect(await bodyOf(laptop.get(app))).toEqual({ passport: { user: "ada" } });
    expect(await bodyOf(other.get(app))).toEqual({ passport: { user: "bob" } });
  });

  test("an application may sign in without regenerate(): the cookie stays, and the data of another user go", async () => {
    const userId = ({ who }: Readonly<Record<string, unknown>>): string | undefined => who as string | undefined;
    const store = native(memoryStore(), { userId });
    const app = await begin({ store }, byPath);
    const client = new Client();
    await client.get(app, "/set?cart=hat");
    const before = [...client.jar];
    expect(await bodyOf(client.get(app, "/set?who=ada"))).toEqual({ cart: "hat", who: "ada" });
    expect(await bodyOf(client.get(app))).toEqual({ cart: "hat", who: "ada" });
    expect(await bodyOf(client.get(app, "/set?who=bob"))).toEqual({ cart: "hat", who: "bob" });
    expect(await bodyOf(client.get(app))).toEqual({ cart: "hat", who: "bob" });
    expect([...client.jar]).toEqual(before);
    expect((await store.sessions.list({ userId: "ada" })).sessions).toEqual([]);
    expect((await store.sessions.list({ userId: "bob" })).sessions).toHaveLength(1);
  });

  test("the oldest session of a user ends where there are too many", async () => {
    const app = await begin({ store: native(memoryStore(), { maxSessionsPerUser: 1 }) }, byPath);
    const [first, second] = [new Client(), new Client()];
    await first.get(app, "/login?user=7");
    await second.get(app, "/login?user=7");
    expect(await bodyOf(first.get(app))).toEqual({});
    expect(await bodyOf(second.get(app))).toEqual({ passport: { user: "7" } });
  });
});

test("the store holds neither the ids of cookies nor anything that opens a session", async () => {
  const records = memoryStore();
  const store = native(records);
  const app = await begin({ store }, byPath);
  const client = new Client();
  await client.get(app, "/set?a=1");
  const sid = /^s%3A([\w-]+)/.exec([...client.jar.values()][0] ?? "")?.[1] ?? "";
  const { records: all } = await records.list!("connect.sid", { limit: 10 }, Date.now());
  expect(all.map(({ id }) => id)).toEqual([await store.idOf(sid)]);
  expect(sid).toHaveLength(32);
  expect(JSON.stringify(all)).not.toContain(sid);
});

test("a new session is made by one call, and one that nothing was written to by none", async () => {
  const calls: string[] = [];
  const records = memoryStore();
  for (const name of ["read", "create", "replace", "touch"] as const) {
    const method = records[name] as (...args: unknown[]) => unknown;
    Reflect.set(records, name, (...args: unknown[]) => {
      calls.push(name);
      return Reflect.apply(method, records, args);
    });
  }
  const app = await begin({ store: native(records, { clock: testClock().now }) }, byPath);
  const client = new Client();
  expect(cookiesOf(await client.get(app))).toEqual([]);
  expect(calls.splice(0)).toEqual([]);
  await client.get(app, "/set?a=1");
  expect(calls.splice(0)).toEqual(["create"]);
  await client.get(app, "/set?a=2");
  expect(calls.splice(0)).toEqual(["read", "replace"]);
  await client.get(app);
  expect(calls.splice(0)).toEqual(["read"]);
});

test("code without a request reads, stores and ends sessions by the id of the cookie", async () => {
  const store = native();
  const app = await begin({ store }, (req, res, next) =>
    req.path === "/id" ? void res.json(req.sessionID) : byPath(req, res, next),
  );
  const client = new Client();
  await client.get(app, "/set?a=1");
  const sid = (await bodyOf(client.get(app, "/id"))) as string;
  const loaded = await new Promise<Bag>((resolve, reject) => {
    store.load(sid, (error, session) => (session ? resolve(session) : reject(error)));
  });
  const bag = bagOf(loaded);
  expect(bag.a).toBe("1");
  await client.get(app, "/set?b=2");
  bag.c = "3";
  await loaded.save();
  expect(await bodyOf(client.get(app))).toEqual({ a: "1", b: "2", c: "3" });
  await new Promise<void>((resolve) => store.set(sid, { cookie: bag.cookie, only: 1 }, () => resolve()));
  expect(await bodyOf(client.get(app))).toEqual({ only: 1 });
  await new Promise<void>((resolve) => store.destroy(sid, () => resolve()));
  expect(await bodyOf(client.get(app))).toEqual({});
});

test("what is no store of records, and options that mean nothing here, are refused", () => {
  const make = nativeStore as unknown as (store?: unknown, options?: unknown) => unknown;
  expect(() => make()).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  expect(() => make(new original.MemoryStore())).toThrow(/takes a store of this package/);
  expect(() => make(memoryStore(), { rotateAfter: "1h" })).toThrow(/has no option "rotateAfter"/);
  expect(() => make(memoryStore(), { userId: "id" })).toThrow(/userId must be a function/);
});
