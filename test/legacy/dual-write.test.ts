import { createSessions } from "coatcheck";
import { fromExpressSession } from "coatcheck/legacy/express-session";
import { afterEach, expect, test } from "vitest";
import type { Served } from "../support/adapters/node.ts";
import { Client, original } from "../support/express-session/apps.ts";
import { journal, newApp, type OldStore, ofType, oldApp, type Row, secret } from "../support/legacy/move.ts";

const open: Served[] = [];
afterEach(() => Promise.all(open.splice(0).map((app) => app.close())));

/** Both versions of an application at once, on one old store. */
async function deploy() {
  const old: OldStore = new original.MemoryStore() as never;
  const { events, observer } = journal();
  const row = ({ data, userId }: { data: Row; userId: string | undefined }) => ({ ...data, user: userId });
  const source = fromExpressSession({ secret, store: old, login: ({ user }) => user, dualWrite: { row } });
  const sessions = createSessions<Row>({ legacy: [source], observer });
  const [before, after] = await Promise.all([oldApp(old), newApp(sessions)]);
  open.push(before, after);
  return { before, after, events, old, sessions };
}

async function member(app: Served, user: string): Promise<Client> {
  const client = new Client();
  await client.get(app, `/login/${user}`);
  await client.get(app, "/view");
  return client;
}

test("B135: a hundred sessions live through a mixed deploy and a rollback", async () => {
  const { before, after, events } = await deploy();
  const clients = await Promise.all(Array.from({ length: 100 }, (_, n) => member(before, `user-${n}`)));
  for (const [n, client] of clients.entries()) {
    // What one version counts the other one goes on with, as long as the new one is the last that wrote.
    expect((await client.get(after, "/view")).body).toBe("2");
    expect((await client.get(before)).body).toBe(`["user-${n}",2]`);
    expect((await client.get(after)).body).toBe(`["user-${n}",2]`);
  }
  // The rollback.
  for (const [n, client] of clients.entries()) expect((await client.get(before)).body).toBe(`["user-${n}",2]`);
  // And forward again.
  for (const [n, client] of clients.entries()) expect((await client.get(after)).body).toBe(`["user-${n}",2]`);
  expect(ofType(events, "imported")).toHaveLength(100);
  expect(ofType(events, "refused")).toEqual([]);
});

test("B135: who signed in at the new version is signed in at the old one, under an id that nobody knew", async () => {
  const { before, after, old } = await deploy();
  const client = new Client();
  await client.get(before, "/view");
  const planted = client.jar.get("connect.sid");
  await client.get(after, "/login/ada");
  expect(client.jar.get("connect.sid")).not.toBe(planted);
  expect((await client.get(before)).body).toBe('["ada",1]');
  const thief = new Client();
  thief.jar.set("connect.sid", planted ?? "");
  expect((await thief.get(before)).body).toBe("[null,0]");
  expect((await thief.get(after)).body).toBe("[null,0]");
  expect(Object.keys(old.sessions)).toHaveLength(1);

  const fresh = new Client();
  await fresh.get(after, "/login/bob");
  await fresh.get(after, "/view");
  expect((await fresh.get(before)).body).toBe('["bob",1]');
});

test("B135: a logout at either version is one at both", async () => {
  const { before, after, old, sessions } = await deploy();
  const one = await member(before, "ada");
  await one.get(after);
  const copy = new Client();
  for (const [name, value] of one.jar) copy.jar.set(name, value);
  await one.get(after, "/logout");
  expect([...one.jar]).toEqual([]);
  for (const app of [before, after]) expect((await copy.get(app)).body).toBe("[null,0]");

  const other = await member(before, "bob");
  await other.get(after);
  await other.get(before, "/logout");
  expect((await other.get(after)).body).toBe("[null,0]");
  expect(Object.keys(old.sessions)).toEqual([]);
  expect(await sessions.count()).toBe(0);
});

test("B135: a login at the old version is one at the new one, with a new id and without", async () => {
  const { before, after } = await deploy();
  for (const path of ["/login/ada", "/as/ada"]) {
    const client = new Client();
    await client.get(before, "/view");
    expect((await client.get(after)).body).toBe("[null,1]");
    const token = client.jar.get("session");
    await client.get(before, path);
    expect((await client.get(after)).body).toMatch(/^\["ada",/);
    expect(client.jar.get("session")).not.toBe(token);
    expect((await client.get(after)).body).toMatch(/^\["ada",/);
  }
});

test("B135: an old store that cannot be written is reported, and the session goes on", async () => {
  const { before, after, events, old } = await deploy();
  const client = await member(before, "ada");
  await client.get(after);
  old.set = (_sid, _row, callback) => callback(new Error("down"));
  expect((await client.get(after, "/view")).body).toBe("2");
  expect(ofType(events, "warning").map(({ code }) => code)).toContain("LEGACY_NOT_WRITTEN");
  expect((await client.get(after)).body).toBe('["ada",2]');
});
