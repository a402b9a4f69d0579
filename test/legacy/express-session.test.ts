import { createRequire } from "node:module";
import { createSessions, type SessionStore } from "coatcheck";
import { fromExpressSession } from "coatcheck/legacy/express-session";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import { afterEach, describe, expect, test } from "vitest";
import * as z from "zod";
import type { Served } from "../support/adapters/node.ts";
import { Client, original } from "../support/express-session/apps.ts";
import { journal, newApp, type OldStore, ofType, oldApp, type Row, secret } from "../support/legacy/move.ts";
import { patient } from "../support/legacy/rows.ts";

const open: Served[] = [];
afterEach(() => Promise.all(open.splice(0).map((app) => app.close())));
const later = async (app: Promise<Served>): Promise<Served> => {
  const served = await app;
  open.push(served);
  return served;
};

const newStore = (): OldStore => new original.MemoryStore() as never;

interface Options {
  readonly old?: object;
  readonly app?: object;
  readonly source?: object;
  readonly store?: SessionStore;
  readonly more?: object;
}

/** The old application and the new one, on the old store and on a new one. */
async function move({ old = newStore(), app = {}, source = {}, store = memoryStore(), more = {} }: Options = {}) {
  const { events, observer } = journal();
  const userId = ({ user }: Row) => user;
  const legacy = [fromExpressSession({ secret, store: old as never, userId, ...source })];
  const sessions = createSessions<Row>({ store, legacy, observer, ...patient, ...more });
  const [before, after] = await Promise.all([later(oldApp(old, app)), later(newApp(sessions))]);
  return { before, after, events, legacy: legacy[0]!, old: old as OldStore, sessions };
}

/** A client that is signed in at the old application. */
async function member(app: Served, user: string): Promise<Client> {
  const client = new Client();
  await client.get(app, `/login/${user}`);
  await client.get(app, "/view");
  return client;
}

const copyOf = (client: Client): Client => {
  const copy = new Client();
  for (const [name, value] of client.jar) copy.jar.set(name, value);
  return copy;
};
const refusals = (events: Parameters<typeof ofType>[0]) =>
  ofType(events, "refused").map(({ reason, source }) => `${source}: ${reason}`);

test("B130: a hundred live sessions of express-session are ours at their next request, with their user and data", async () => {
  const { before, after, events, legacy, old, sessions } = await move();
  const clients = await Promise.all(Array.from({ length: 100 }, (_, n) => member(before, `user-${n}`)));
  for (const [n, client] of clients.entries()) {
    expect((await client.get(after)).body).toBe(`["user-${n}",1]`);
    expect([...client.jar.keys()]).toEqual(["session"]);
  }
  expect(Object.keys(old.sessions)).toEqual([]);
  for (const [n, client] of clients.entries()) {
    expect((await client.get(after, "/view")).body).toBe("2");
    expect((await client.get(after)).body).toBe(`["user-${n}",2]`);
  }
  expect(ofType(events, "imported").map(({ userId, source }) => `${userId} ${source}`)).toEqual(
    clients.map((_, n) => `user-${n} express-session`),
  );
  expect(legacy.stats).toEqual({ imported: 100, refused: 0 });
  expect(await sessions.count()).toBe(100);
  expect((await sessions.list({ userId: "user-7" })).sessions).toHaveLength(1);
});

test.each([["memorystore", () => new (createRequire(import.meta.url)("memorystore")(original))({})]])(
  "B130: so are those in %s",
  async (_, make) => {
    const { before, after } = await move({ old: make() });
    const client = await member(before, "ada");
    expect((await client.get(after)).body).toBe('["ada",1]');
    expect((await client.get(after)).body).toBe('["ada",1]');
  },
);

test("B131: of twenty parallel first requests one takes the session over, all get its token, and all write to it", async () => {
  const { before, after, events, sessions } = await move();
  for (const user of ["ada", "bob", "cyd"]) {
    const client = await member(before, user);
    const copies = Array.from({ length: 20 }, () => copyOf(client));
    await Promise.all(copies.map((copy, n) => copy.get(after, `/set/key${n}`)));
    expect(new Set(copies.map(({ jar }) => jar.get("session"))).size).toBe(1);
    expect(JSON.parse((await copies[0]!.get(after, "/keys")).body)).toHaveLength(22);
  }
  expect(ofType(events, "imported")).toHaveLength(3);
  expect(ofType(events, "refused")).toEqual([]);
  expect(await sessions.count()).toBe(3);
});

test("B131: two servers that take over one session at the same moment have one session", async () => {
  const old = newStore();
  const store = memoryStore();
  const one = await move({ old, store });
  const other = await move({ old, store });
  const client = await member(one.before, "ada");
  const copies = Array.from({ length: 10 }, () => copyOf(client));
  await Promise.all(copies.map((copy, n) => copy.get(n % 2 ? one.after : other.after, `/set/key${n}`)));
  expect(new Set(copies.map(({ jar }) => jar.get("session"))).size).toBe(1);
  expect(JSON.parse((await copies[0]!.get(one.after, "/keys")).body)).toHaveLength(12);
});

test("B131: who lost the first response gets the token an hour later, until somebody has used it", async () => {
  const clock = testClock();
  const { before, after, events } = await move({ more: { clock: clock.now } });
  const client = await member(before, "ada");
  const lost = copyOf(client);
  await lost.get(after);
  clock.advance("1h");
  const again = copyOf(client);
  expect((await again.get(after)).body).toBe('["ada",1]');
  expect(again.jar.get("session")).toBe(lost.jar.get("session"));
  await again.get(after);
  clock.advance("1m");
  expect((await client.get(after)).body).toBe("[null,0]");
  expect(refusals(events)).toEqual(["express-session: superseded"]);
  expect((await again.get(after)).body).toBe('["ada",1]');
});

describe("B132: after a logout", () => {
  test("B132: the old cookie signs in no more, also if its row is still there", async () => {
    const { before, after, events, old } = await move();
    const client = await member(before, "ada");
    const rows = { ...old.sessions };
    const thief = copyOf(client);
    await client.get(after);
    await client.get(after, "/logout");
    Object.assign(old.sessions, rows);
    expect((await thief.get(after)).body).toBe("[null,0]");
    expect(refusals(events)).toEqual(["express-session: superseded"]);
    expect([...client.jar]).toEqual([]);
  });

  test("B132: of the very first request, the old row is gone and both cookies are expired", async () => {
    const { before, after, old } = await move();
    const client = await member(before, "ada");
    await client.get(after, "/logout");
    expect(Object.keys(old.sessions)).toEqual([]);
    expect([...client.jar]).toEqual([]);
  });

  test("B132: an old cookie beside ours, that was never taken over, ends too", async () => {
    const { before, after, old } = await move();
    const client = await member(before, "ada");
    await client.get(after);
    const other = await member(before, "bob");
    client.jar.set("connect.sid", other.jar.get("connect.sid")!);
    await client.get(after, "/logout");
    expect(Object.keys(old.sessions)).toEqual([]);
    expect((await other.get(before)).body).toBe("[null,0]");
    expect((await other.get(after)).body).toBe("[null,0]");
  });

  test("B132: revokeAll() and revoke() end it, too", async () => {
    const { before, after, old, sessions } = await move();
    const client = await member(before, "ada");
    const unmoved = await member(before, "ada");
    const rows = { ...old.sessions };
    const copy = copyOf(client);
    await client.get(after);
    await sessions.revokeAll("ada");
    Object.assign(old.sessions, rows);
    for (const one of [client, copy, unmoved]) expect((await one.get(after)).body).toBe("[null,0]");
  });

  test("B132: a row that could not be deleted is reported, and opens nothing", async () => {
    const old = newStore();
    const { before, after, events } = await move({ old });
    const client = await member(before, "ada");
    const copy = copyOf(client);
    old.destroy = (_sid, callback) => callback(new Error("down"));
    expect((await client.get(after)).body).toBe('["ada",1]');
    expect(ofType(events, "warning").map(({ code }) => code)).toContain("LEGACY_NOT_ENDED");
    await client.get(after, "/logout");
    expect((await copy.get(after)).body).toBe("[null,0]");
  });
});

describe("B133: bad input is a visitor without a session and one event", () => {
  const sidOf = (client: Client): string =>
    /^s:([^.]+)/.exec(decodeURIComponent(client.jar.get("connect.sid") ?? ""))?.[1] ?? "";
  const write = (old: OldStore, client: Client, text: string): unknown =>
    Object.assign(old.sessions, { [sidOf(client)]: text });
  const put = (client: Client, value: string): void => void client.jar.set("connect.sid", value);

  const bad: [string, string, (client: Client, old: OldStore) => unknown][] = [
    ["an id that nobody signed", "malformed", (client) => put(client, sidOf(client))],
    ["a broken escape", "malformed", (client) => put(client, "s%3A%")],
    ["no id", "malformed", (client) => put(client, "s%3A.abc")],
    ["another signature", "wrong-secret", (client) => put(client, `s%3A${sidOf(client)}.${"A".repeat(43)}`)],
    ["no signature", "wrong-secret", (client) => put(client, `s%3A${sidOf(client)}.`)],
    ["another id", "wrong-secret", (client) => put(client, client.jar.get("connect.sid")!.replace("s%3A", "s%3Ax"))],
    ["no row", "unknown", (client, old) => delete old.sessions[sidOf(client)]],
    ["a row that is no JSON", "corrupt", (client, old) => write(old, client, "{")],
    ["a row of another kind", "corrupt", (client, old) => write(old, client, "[]")],
    ["a row without a cookie", "corrupt", (client, old) => write(old, client, '{"user":"ada"}')],
    ["a user id that is none", "schema", (client, old) => write(old, client, '{"cookie":{},"user":{"name":"ada"}}')],
  ];

  test.each(bad)("B133: %s", async (_, reason, spoil) => {
    const { before, after, events, old, legacy } = await move();
    const client = await member(before, "ada");
    old.get = (sid, callback) => {
      try {
        callback(null, old.sessions[sid] && JSON.parse(old.sessions[sid]));
      } catch (error) {
        callback(error);
      }
    };
    spoil(client, old);
    const answer = await client.get(after);
    expect([answer.status, answer.body, answer.headers["set-cookie"]]).toEqual([200, "[null,0]", undefined]);
    expect(refusals(events)).toEqual([`express-session: ${reason}`]);
    expect(legacy.stats).toEqual({ imported: 0, refused: 1 });
    // It can begin a session of its own.
    expect((await client.get(after, "/view")).body).toBe("1");
    expect((await client.get(after, "/view")).body).toBe("2");
  });

  test("B133: a row that has expired", async () => {
    const { before, after, events, old } = await move();
    const client = await member(before, "ada");
    const row = { cookie: { expires: new Date(Date.now() - 1).toISOString(), originalMaxAge: 1 }, user: "ada" };
    old.get = (_sid, callback) => callback(null, row);
    expect((await client.get(after)).body).toBe("[null,0]");
    expect(refusals(events)).toEqual(["express-session: idle"]);
  });

  test("B133: data that the schema refuses", async () => {
    const schema = z.object({ views: z.string().optional() });
    const { before, after, events } = await move({ more: { schema } });
    const client = await member(before, "ada");
    expect((await client.get(after)).body).toBe("[null,0]");
    expect(refusals(events)).toEqual(["express-session: schema"]);
  });

  test("B133: the second of two secrets is accepted, another one is not", async () => {
    const good = await move({ source: { secret: ["new one", secret] } });
    expect((await (await member(good.before, "ada")).get(good.after)).body).toBe('["ada",1]');
    const wrong = await move({ source: { secret: ["new one"] } });
    expect((await (await member(wrong.before, "ada")).get(wrong.after)).body).toBe("[null,0]");
    expect(refusals(wrong.events)).toEqual(["express-session: wrong-secret"]);
  });

  test("an old store that fails is a failure of a store, and signs nobody out", async () => {
    const old = newStore();
    const { before, after } = await move({ old });
    const client = await member(before, "ada");
    const { get } = old;
    old.get = (_sid, callback) => callback(new Error("down"));
    const answer = await client.get(after);
    expect([answer.status, answer.body]).toEqual([503, "STORE_UNAVAILABLE"]);
    old.get = get;
    expect((await client.get(after)).body).toBe('["ada",1]');
  });
});

test("B134: the old store is asked only where no token of ours opens a session", async () => {
  const old = newStore();
  const { before, after } = await move({ old });
  const client = await member(before, "ada");
  await client.get(after);
  const other = await member(before, "bob");
  client.jar.set("connect.sid", other.jar.get("connect.sid")!);
  old.get = () => {
    throw new Error("asked");
  };
  expect((await client.get(after)).body).toBe('["ada",1]');
});

test("an old cookie is expired with its own attributes", async () => {
  const app = { name: "sid", cookie: { path: "/", sameSite: "strict", domain: "localhost", maxAge: 60_000 } };
  const { before, after } = await move({ app, source: { name: "sid" } });
  const client = await member(before, "ada");
  const { headers } = await client.get(after);
  expect(headers["set-cookie"]?.[0]).toBe(
    "sid=; Max-Age=0; Domain=localhost; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Strict",
  );
});

test("options are checked", () => {
  const store = newStore();
  const refused = (options: object, message: RegExp): void => {
    expect(() => fromExpressSession(options as never)).toThrow(message);
  };
  refused({ secret: "", store }, /secret must be the old library's own/);
  refused({ secret: [], store }, /secret must be the old library's own/);
  refused({ secret, store: {} }, /store must be an instance/);
  refused({ secret, store, name: "a b" }, /no cookie can have these/);
  refused({ secret, store, userId: "user" }, /userId must be a function/);
  refused({ secret, store, lifetime: 3 }, /lifetime must be a positive duration/);
  refused({ secret, store, userID: () => "ada" }, /Did you mean userId/);
});
