import type { MemoryStore } from "coatcheck/express-session";
import { type NativeStore, nativeStore } from "coatcheck/native-store";
import { memoryStore } from "coatcheck/stores/memory";
import { afterEach, describe, expect, test } from "vitest";
import {
  type App,
  type Bag,
  Client,
  type Handler,
  type Maker,
  original,
  start,
} from "../../support/express-session/apps.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

const handler: Handler = async (req, res) => {
  if (req.path === "/logout") await new Promise((resolve) => req.session.destroy(resolve));
  if (req.path === "/login") await new Promise((resolve) => req.session.regenerate(resolve));
  if (req.session) Object.assign(req.session, req.query);
  const { cookie: _, ...data } = { ...(req.session as Bag) };
  res.json({ ...data, sid: req.sessionID });
};

interface Steps {
  readonly old: App;
  readonly next: App;
  readonly former: MemoryStore;
  readonly store: NativeStore;
}

/** A process of the first step, or of express-session itself, and one of the second. */
async function steps(first: Maker, mirror: boolean): Promise<Steps> {
  const rows = new original.MemoryStore();
  const made = nativeStore(memoryStore(), { from: rows, mirror });
  const options = { resave: false, saveUninitialized: false, cookie: { maxAge: 60_000 } };
  const old = await start(first, { ...options, store: rows }, handler);
  const next = await start("ours", { ...options, store: made }, handler);
  open.push(old, next, { close: () => made.sessions.close() });
  return { old, next, former: rows, store: made };
}

const bodyOf = async (asked: Promise<{ readonly body: string }>): Promise<Record<string, unknown>> =>
  JSON.parse((await asked).body);

describe.each(["original", "ours"] as const)("B128: from a store of the first step, on %s", (first) => {
  test("visitors stay signed in, with the same cookie, and their old rows go", async () => {
    const { old, next, former, store } = await steps(first, false);
    const clients = Array.from({ length: 100 }, () => new Client());
    for (const [n, client] of clients.entries()) await client.get(old, `/login?userId=user-${n}`);
    const cookies = clients.map(({ jar }) => [...jar]);
    for (const [n, client] of clients.entries()) {
      expect(await bodyOf(client.get(next, "/?seen=1"))).toMatchObject({ userId: `user-${n}`, seen: "1" });
    }
    expect(clients.map(({ jar }) => [...jar].map(([name]) => name))).toEqual(
      cookies.map((jar) => jar.map(([name]) => name)),
    );
    expect(former.sessions).toEqual({});
    expect(await store.sessions.count()).toBe(100);
    expect((await store.sessions.list({ userId: "user-7" })).sessions).toHaveLength(1);
  });

  test("of 20 parallel first requests one takes the session over, and none of their changes is lost", async () => {
    const { old, next, store } = await steps(first, false);
    const client = new Client();
    const { sid } = await bodyOf(client.get(old, "/login?userId=ada"));
    const keys = Array.from({ length: 20 }, (_, n) => `k${n}`);
    await Promise.all(keys.map((key) => client.get(next, `/?${key}=1`)));
    const body = await bodyOf(client.get(next));
    expect(body).toMatchObject({ sid, userId: "ada" });
    expect(Object.keys(body)).toEqual(expect.arrayContaining(keys));
    expect(await store.sessions.count()).toBe(1);
    expect(next.errors).toEqual([]);
  });

  test("while it is mirrored, both steps serve a visitor by turns, and a rollback signs nobody out", async () => {
    const { old, next } = await steps(first, true);
    const [early, late] = [new Client(), new Client()];
    await early.get(old, "/login?userId=ada");
    await late.get(next, "/login?userId=bob");
    for (let turn = 0; turn < 3; turn++) {
      for (const app of [next, old]) {
        expect(await bodyOf(early.get(app))).toMatchObject({ userId: "ada" });
        expect(await bodyOf(late.get(app))).toMatchObject({ userId: "bob" });
      }
    }
    await early.get(next, "/?cart=hat");
    expect(await bodyOf(early.get(old))).toMatchObject({ userId: "ada", cart: "hat" });
  });

  test.each([true, false])(
    "who signs out in one step is signed out in the other, a copy of the cookie too (%s)",
    async (inNext) => {
      const { old, next, store, former } = await steps(first, true);
      const client = new Client();
      await client.get(old, "/login?userId=ada");
      await client.get(next);
      const copy = new Client();
      for (const [name, value] of client.jar) copy.jar.set(name, value);
      await client.get(inNext ? next : old, "/logout");
      for (const app of [next, old]) expect(await bodyOf(copy.get(app))).not.toHaveProperty("userId");
      expect(await store.sessions.count()).toBe(0);
      expect(Object.values(former.sessions).join()).not.toContain("ada");
    },
  );
});
