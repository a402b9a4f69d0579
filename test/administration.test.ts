import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSessions, type SessionsOptions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { sqliteStore } from "coatcheck/stores/sqlite";
import { testClock } from "coatcheck/testing";
import { afterAll, describe, expect, it, vi } from "vitest";
import { Browser, recorder } from "./_browser.ts";
import { spyOn } from "./_spy.ts";

type Data = Record<string, unknown>;

const folder = mkdtempSync(join(tmpdir(), "coatcheck-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const stores = {
  memory: () => memoryStore(),
  sqlite: () => sqliteStore({ path: join(folder, "admin.db") }),
};

for (const [name, make] of Object.entries(stores)) {
  describe(`administration, ${name}`, () => {
    const store = make();
    let managers = 0;
    const setUp = (options: Omit<SessionsOptions<Data>, "store" | "schema"> = {}) => {
      const clock = testClock();
      const observer = recorder();
      // A namespace for each test, so that they can share one store.
      const sessions = createSessions<Data>({
        store,
        clock: clock.now,
        observer,
        namespace: `n${managers++}`,
        ...options,
      });
      const signIn = async (user: string) => {
        const browser = new Browser(sessions);
        await browser.visit((session) => session.login(user));
        clock.advance("1s");
        return browser;
      };
      const isIn = async (browser: Browser<Data>) =>
        (await browser.visit((session) => session.userId)).result !== undefined;
      return { clock, observer, sessions, signIn, isIn };
    };
    const idOf = (browser: Browser<Data>) => browser.token.split(".")[0] ?? "";

    it("B50: a user's sessions are listed, and ended one by one, all others, or all", async () => {
      const { sessions, signIn, isIn, clock } = setUp();
      const [phone, laptop, tablet] = [await signIn("ann"), await signIn("ann"), await signIn("ann")];
      const other = await signIn("Ann");
      const { sessions: listed } = await sessions.list({ userId: "ann" });
      expect(listed.map(({ id }) => id)).toEqual([phone, laptop, tablet].map(idOf));
      expect(listed[0]).toEqual({
        id: idOf(phone),
        userId: "ann",
        createdAt: expect.any(Date),
        lastSeenAt: expect.any(Date),
        authenticatedAt: new Date(clock.now() - 4000),
        expiresAt: expect.any(Date),
      });
      expect(await sessions.revoke(idOf(phone), { userId: "bob" })).toBe(false);
      expect(await isIn(phone)).toBe(true);
      expect(await sessions.revoke(idOf(phone), { userId: "ann" })).toBe(true);
      expect(await sessions.revoke(idOf(phone))).toBe(false);
      expect([await isIn(phone), await isIn(laptop), await isIn(tablet)]).toEqual([false, true, true]);
      expect(await sessions.revokeAll("ann", { except: idOf(tablet) })).toBe(1);
      expect([await isIn(laptop), await isIn(tablet), await isIn(other)]).toEqual([false, true, true]);
      expect(await sessions.revokeAll("ann")).toBe(1);
      expect([await isIn(tablet), await isIn(other)]).toEqual([false, true]);
    });

    it("B50: what is listed cannot be used as a token", async () => {
      const { sessions, signIn } = setUp();
      await signIn("ann");
      const {
        sessions: [listed],
      } = await sessions.list({ userId: "ann" });
      const id = listed?.id ?? "";
      for (const token of [
        id,
        `${id}.`,
        `${id}.${id}${id.slice(0, 21)}`,
        `${id}.${createHash("sha256").update(id).digest("base64url")}`,
      ]) {
        const thief = new Browser(sessions);
        thief.cookies.set("session", token);
        expect((await thief.visit((session) => session.userId)).result).toBeUndefined();
      }
    });

    it("B50: pages go on where the last one ended", async () => {
      const { sessions, signIn } = setUp();
      const ids: string[] = [];
      for (let i = 0; i < 7; i++) ids.push(idOf(await signIn("ann")));
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await sessions.list({ userId: "ann", limit: 3, cursor });
        seen.push(...page.sessions.map(({ id }) => id));
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(seen).toEqual(ids);
      expect((await sessions.list()).sessions).toHaveLength(7);
      await expect(sessions.list({ limit: 0 })).rejects.toMatchObject({ code: "INVALID_OPTION" });
    });

    it("B51: with maxSessionsPerUser the newest sessions live after 50 parallel logins", async () => {
      const { sessions, observer } = setUp({ maxSessionsPerUser: 3 });
      const browsers = Array.from({ length: 50 }, () => new Browser(sessions));
      await Promise.all(browsers.map((browser) => browser.visit((session) => session.login("ann"))));
      const { sessions: left } = await sessions.list({ userId: "ann" });
      expect(left).toHaveLength(3);
      const newest = browsers.map(idOf).sort().slice(-3);
      expect(left.map(({ id }) => id).sort()).toEqual(newest);
      expect(observer.of("evicted")).toHaveLength(47);
    });

    it("B51: a sign-in in an old session counts by its login, not by its beginning", async () => {
      const { sessions, signIn, isIn, clock } = setUp({ maxSessionsPerUser: 2 });
      const old = new Browser(sessions);
      await old.visit((session) => session.set("cart", 1));
      clock.advance("1h");
      const [first, second] = [await signIn("ann"), await signIn("ann")];
      await old.visit((session) => session.login("ann"));
      expect([await isIn(first), await isIn(second), await isIn(old)]).toEqual([false, true, true]);
    });

    it('B51: overflow "reject" refuses the login with 429 and leaves the visitor as they were', async () => {
      const { sessions, signIn } = setUp({ maxSessionsPerUser: 2, overflow: "reject" });
      const first = await signIn("ann");
      await signIn("ann");
      const third = new Browser(sessions);
      await third.visit((session) => session.set("cart", 1));
      const { status, setCookies } = await third.visit((session) => session.login("ann"));
      expect([status, setCookies]).toEqual([429, []]);
      expect((await third.visit((session) => [session.userId, session.get("cart")])).result).toEqual([undefined, 1]);
      expect((await first.visit((session) => session.login("ann"))).status).toBe(200);
    });

    it("B52: destroyAll ends this namespace only, prune only what has expired", async () => {
      const { sessions, signIn, clock } = setUp({ idleTimeout: "30m" });
      const neighbour = setUp();
      await neighbour.signIn("ann");
      await signIn("ann");
      clock.advance("31m");
      await signIn("bob");
      expect(await sessions.count()).toBe(1);
      expect(await sessions.prune()).toBe(1);
      await sessions.destroyAll();
      expect([await sessions.count(), await neighbour.sessions.count()]).toEqual([0, 1]);
    });

    it("edit works on a session from outside, without keeping it alive", async () => {
      const { sessions, signIn, clock } = setUp({ idleTimeout: "30m" });
      const browser = await signIn("ann");
      const before = await sessions.find(idOf(browser));
      clock.advance("10m");
      const result = await sessions.edit(idOf(browser), (session) => {
        session.set("a", 1).set("b", 2);
        return session.userId;
      });
      expect(result).toBe("ann");
      expect((await sessions.find(idOf(browser)))?.expiresAt).toEqual(before?.expiresAt);
      const { setCookies, result: data } = await browser.visit((session) => session.toObject());
      expect([data, setCookies.length]).toEqual([{ a: 1, b: 2 }, 1]);
      await expect(sessions.edit("no-such-session-at-all", () => 1)).rejects.toMatchObject({ code: "SESSION_GONE" });
      await expect(sessions.edit("../x", () => 1)).rejects.toMatchObject({ code: "SESSION_GONE" });
      await expect(
        sessions.edit(idOf(browser), () => {
          throw new Error("mine");
        }),
      ).rejects.toThrow("mine");
    });

    it("edit can end a session, and then has none to write to", async () => {
      const { sessions, signIn, isIn } = setUp();
      const browser = await signIn("ann");
      await sessions.edit(idOf(browser), async (session) => {
        await session.destroy();
        expect(() => session.set("n", 1)).toThrow(expect.objectContaining({ code: "SESSION_GONE" }));
        await expect(session.update("n", () => 1)).rejects.toMatchObject({ code: "SESSION_GONE" });
      });
      expect([await isIn(browser), await sessions.count()]).toEqual([false, 0]);
    });

    it("issue makes a session that a client can come with", async () => {
      const { sessions } = setUp();
      const { id, token, cookie } = await sessions.issue({ data: { n: 1 }, userId: "ann" });
      expect([cookie, token.startsWith(`${id}.`)]).toEqual([`session=${token}`, true]);
      const browser = new Browser(sessions);
      browser.cookies.set("session", token);
      expect(
        (await browser.visit((session) => [session.id, session.userId, session.get("n"), session.isNew])).result,
      ).toEqual([id, "ann", 1, false]);
      expect((await sessions.issue({ secure: true })).cookie).toMatch(/^__Host-session=/);
    });
  });
}

describe("secrets", () => {
  it("B50: no token or secret is in the store, in the files, in events, in errors or in the log", async () => {
    const path = join(folder, "secrets.db");
    const printed: unknown[] = [];
    const spies = (["log", "warn", "error", "info", "debug"] as const).map((method) =>
      vi.spyOn(console, method).mockImplementation((...args) => void printed.push(args)),
    );
    const observer = recorder();
    const store = spyOn(sqliteStore({ path }));
    const sessions = createSessions<Data>({ store, observer, rotateAfter: "1h" });
    const browser = new Browser(sessions);
    const tokens: string[] = [];
    const errors: unknown[] = [];
    const visit = async (handler: Parameters<typeof browser.visit>[0]) => {
      const { response } = await browser.visit(handler);
      errors.push(await response.text());
      tokens.push(browser.token);
    };
    await visit((session) => session.login("ann"));
    await visit((session) => session.regenerate());
    store.fail("replace", "before", 9);
    await visit((session) => session.set("n", 1));
    await visit((session) => session.set("n", () => 1));
    await visit((session) => {
      throw new Error(`about ${JSON.stringify(session)} ${session.id}`);
    });
    const bytes = readdirSync(folder)
      .filter((file) => file.startsWith("secrets"))
      .map((file) => readFileSync(join(folder, file), "latin1"));
    const everything = JSON.stringify([observer.events, errors, printed, bytes, await sessions.list()]);
    for (const spy of spies) spy.mockRestore();
    for (const token of new Set(tokens.filter(Boolean))) {
      const [id = "", secret = ""] = token.split(".");
      expect(everything).toContain(id);
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(secret.slice(0, 20));
    }
    await sessions.close();
  });
});

describe("observer", () => {
  it("B48: an observer that throws, rejects or never answers changes nothing", async () => {
    for (const observer of [
      () => {
        throw new Error("observer");
      },
      () => Promise.reject(new Error("observer")),
      () => new Promise(() => undefined),
    ]) {
      const sessions = createSessions<Data>({ store: memoryStore(), observer });
      const browser = new Browser(sessions);
      await browser.visit((session) => session.login("ann"));
      await browser.visit((session) => session.set("n", 1));
      expect((await browser.visit((session) => [session.userId, session.get("n")])).result).toEqual(["ann", 1]);
      await browser.visit((session) => session.destroy());
      expect(await sessions.count()).toBe(0);
    }
  });

  it("tells the life of a session in order, with ids and reasons", async () => {
    const observer = recorder();
    const sessions = createSessions<Data>({ store: memoryStore(), observer });
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("n", 1));
    const id = browser.token.split(".")[0];
    await browser.visit((session) => session.login("ann"));
    await browser.visit((session) => session.destroy());
    await browser.visit(() => undefined, { headers: { cookie: "session=junk" } });
    expect(observer.events).toEqual([
      { name: "session", type: "created", id },
      { name: "session", type: "opened", id, userId: undefined },
      { name: "session", type: "committed", id, attempts: 1 },
      { name: "session", type: "rotated", id, by: "login" },
      { name: "session", type: "login", id, userId: "ann" },
      { name: "session", type: "opened", id, userId: "ann" },
      { name: "session", type: "destroyed", id },
      { name: "session", type: "refused", reason: "malformed", id: undefined, anomaly: false },
    ]);
  });

  it("warns once when deployed on the default store, and when a new token could not be delivered", async () => {
    const before = process.env.NODE_ENV;
    const observer = recorder();
    process.env.NODE_ENV = "production";
    try {
      createSessions({ observer });
    } finally {
      process.env.NODE_ENV = before;
    }
    expect(observer.events).toMatchObject([{ type: "warning", code: "DEFAULT_STORE" }]);
    expect(createSessions({ observer }).name).toBe("session");
    expect(observer.events).toHaveLength(1);

    const { bearer } = await import("coatcheck");
    const api = createSessions<Data>({ observer, store: memoryStore(), transports: [bearer()] });
    const { token } = await api.issue();
    observer.events.length = 0;
    const call = (handler: (session: ReturnType<typeof api.get>) => unknown) =>
      api.handle(
        new Request("http://localhost/", { headers: { authorization: `Bearer ${token}` } }),
        async (_, session) => new Response(String(await handler(session))),
      );
    await call((session) => session.set("n", 1));
    expect(observer.of("warning")).toEqual([]);
    await call((session) => session.login("ann"));
    expect(observer.of("warning")).toMatchObject([{ code: "TOKEN_NOT_DELIVERED" }]);
  });
});

describe("policy and closing", () => {
  it("policy() gives the limits in force and the cookie as it is sent over https", () => {
    const sessions = createSessions({ store: memoryStore(), idleTimeout: "8h", cookie: { sameSite: "strict" } });
    expect(sessions.policy()).toMatchObject({
      name: "session",
      store: "memory",
      idleTimeout: 288e5,
      absoluteTimeout: 2592e6,
      remember: true,
      maxBytes: 1048576,
    });
    expect(sessions.policy().cookie).toMatch(/^__Host-session=…;.*Max-Age=28800.*Secure.*SameSite=Strict/);
    expect(createSessions({ idleTimeout: "60d" }).policy()).toMatchObject({
      idleTimeout: 5184e6,
      absoluteTimeout: 5184e6,
    });
    expect(createSessions({ absoluteTimeout: "1h" }).policy()).toMatchObject({
      idleTimeout: 36e5,
      absoluteTimeout: 36e5,
    });
  });

  it("every option that makes no sense is refused with a sentence", () => {
    const bad: [SessionsOptions<Data>, RegExp][] = [
      [{ idleTimeout: "2d", absoluteTimeout: "1d" }, /idleTimeout/],
      [{ idleTimeout: "0s" }, /idleTimeout/],
      [{ idleTimeout: "-5m" }, /idleTimeout/],
      [{ idleTimeout: "Infinitys" as never }, /idleTimeout/],
      [{ idleTimeout: "30 minutes" as never }, /idleTimeout/],
      [{ idleTimeout: 30 as never }, /idleTimeout/],
      [{ absoluteTimeout: "NaNd" as never }, /absoluteTimeout/],
      [{ rotateAfter: "10s" }, /rotateAfter/],
      [{ cookie: {}, transports: [] }, /not both/],
      [{ transports: [] }, /transports/],
      [{ name: "" }, /name/],
      [{ name: "a b" }, /name/],
      [{ name: "__Host-session" }, /prefix/],
      [{ maxBytes: 0 }, /maxBytes/],
      [{ maxSessionsPerUser: 1.5 }, /maxSessionsPerUser/],
      [{ overflow: "drop" as never }, /overflow/],
      [{ onStoreError: "ignore" as never }, /onStoreError/],
      [{ trustProxy: -1 }, /trustProxy/],
      [{ cookie: { sameSite: "none" } }, /secure/i],
    ];
    for (const [options, message] of bad) {
      expect(() => createSessions<Data>(options as never), JSON.stringify(options)).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringMatching(message) }),
      );
    }
  });

  it("generateId makes the id part only, and must make good ones", async () => {
    let n = 0;
    const sessions = createSessions<Data>({
      store: memoryStore(),
      generateId: () => `visitor-${String(n++).padStart(12, "0")}`,
    });
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("n", 1));
    expect(browser.token).toMatch(/^visitor-0{12}\.[\w-]{43}$/);
    expect((await browser.visit((session) => session.get("n"))).result).toBe(1);
    for (const id of ["short", "has a space in it 123", "x".repeat(129), 5 as never, undefined as never]) {
      const { status } = await new Browser(createSessions<Data>({ store: memoryStore(), generateId: () => id })).visit(
        (session) => session.set("n", 1),
      );
      expect(status).toBe(500);
    }
    const same = createSessions<Data>({ store: memoryStore(), generateId: () => "always-the-same-id" });
    await same.issue();
    await expect(same.issue()).rejects.toMatchObject({ code: "INVALID_OPTION" });
  });

  it("close waits for new sessions in flight", async () => {
    const store = spyOn(memoryStore());
    const sessions = createSessions<Data>({ store });
    const order: string[] = [];
    store.delay("create", () => new Promise((resolve) => setTimeout(resolve, 30)));
    const issued = sessions.issue().then(() => order.push("issued"));
    await vi.waitFor(() => expect(store.calls).toContain("create"));
    await Promise.all([issued, sessions.close().then(() => order.push("closed"))]);
    expect(order).toEqual(["issued", "closed"]);
  });

  it("close waits for commits in flight", async () => {
    const store = spyOn(memoryStore());
    const sessions = createSessions<Data>({ store });
    const { id } = await sessions.issue();
    let release: () => void = () => expect.fail("released too early");
    store.delay(
      "replace",
      () =>
        new Promise((resolve) => {
          release = () => resolve();
        }),
    );
    const edit = sessions.edit(id, (session) => session.set("n", 1));
    await vi.waitFor(() => expect(store.calls).toContain("replace"));
    let isClosed = false;
    const closing = sessions.close().then(() => {
      isClosed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    release();
    await Promise.all([edit, closing]);
    expect(isClosed).toBe(true);
  });

  it("prunes in the background, and tells the observer when that fails", async () => {
    const clock = testClock();
    const observer = recorder();
    const store = spyOn(memoryStore());
    const sessions = createSessions<Data>({
      store,
      clock: clock.now,
      observer,
      pruneInterval: "10ms",
      idleTimeout: "1h",
    });
    await sessions.issue();
    clock.advance("2h");
    store.fail("prune", "before");
    await vi.waitFor(() => expect(observer.of("pruned")).toContainEqual(expect.objectContaining({ count: 1 })));
    expect(observer.of("store-error")).toMatchObject([{ operation: "prune" }]);
    await sessions.close();
    const { length } = observer.events;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(observer.events).toHaveLength(length);
  });
});
