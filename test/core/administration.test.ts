import { setTimeout as sleep } from "node:timers/promises";
import { createSessions, type SessionsOptions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import { describe, expect, it } from "vitest";
import { Browser, recorder } from "../support/browser/visitor.ts";
import { spyOn } from "../support/stores/spy.ts";

type Data = Record<string, unknown>;

describe("what goes over all sessions", () => {
  it("B52: work on all sessions has more time than storeTimeout, however many there are", async () => {
    const store = memoryStore();
    const slow =
      <Args extends unknown[], T>(run: (...args: Args) => Promise<T>) =>
      async (...args: Args): Promise<T> => {
        await sleep(150);
        return run(...args);
      };
    const slowStore = { ...store, clear: slow(store.clear!), count: slow(store.count!) };
    const sessions = createSessions<Data>({ store: slowStore, storeTimeout: "50ms" });
    await new Browser(sessions).visit((session) => session.set("n", 1));
    expect(await sessions.count()).toBe(1);
    await sessions.destroyAll();
    expect(await sessions.count()).toBe(0);
  });
});

describe("observer", () => {
  it("B48: hears of no failure of the store where only the cursor was made up", async () => {
    const observer = recorder();
    const sessions = createSessions<Data>({ store: memoryStore(), observer });
    await expect(sessions.list({ anyUser: true, cursor: "made up" })).rejects.toMatchObject({ code: "INVALID_OPTION" });
    expect(observer.of("store-error")).toEqual([]);
  });

  it("B48: an observer that throws, rejects or never returns changes nothing", async () => {
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

  it("the observer tells the life of a session in order, with ids and reasons", async () => {
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

  it("the observer warns once when deployed on the default store, and when a new token could not be delivered", async () => {
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

  it("every option that makes no sense is refused with a message", () => {
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
    let release: () => void = () => expect.fail("released too early");
    store.delay(
      "create",
      () =>
        new Promise((resolve) => {
          release = resolve;
        }),
    );
    const issued = sessions.issue();
    await expect.poll(() => store.calls).toContain("create");
    let isClosed = false;
    const closed = sessions.close().then(() => {
      isClosed = true;
    });
    await sleep(30);
    expect(isClosed).toBe(false);
    release();
    await Promise.all([issued, closed]);
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
    await expect.poll(() => store.calls).toContain("replace");
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

  it("the manager prunes in the background, and tells the observer when that fails", async () => {
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
    await expect.poll(() => observer.of("pruned")).toContainEqual(expect.objectContaining({ count: 1 }));
    expect(observer.of("store-error")).toMatchObject([{ operation: "prune" }]);
    await sessions.close();
    const { length } = observer.events;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(observer.events).toHaveLength(length);
  });
});
