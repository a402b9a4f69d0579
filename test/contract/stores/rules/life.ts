import { createSessions, type SessionStore, type SessionsOptions } from "coatcheck";
import { testClock } from "coatcheck/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { Browser, recorder } from "../../../support/browser/visitor.ts";
import { ownTime } from "../../../support/own-time.ts";
import { spyOn } from "../../../support/stores/spy.ts";
import { patient, type StoreUnderTest } from "../../../support/stores/stores.ts";

interface Visit {
  views: number;
  cart: string[];
  name: string;
}

/** A session from its first request to its end. */
export function life(subject: StoreUnderTest): void {
  describe("life of a session", () => {
    let made: SessionStore;
    let namespaces = 0;
    beforeAll(async () => {
      made = await subject.make();
    });

    const setUp = (options: SessionsOptions<Visit> = {}) => {
      // From now on, because some databases delete by their own clock what is long over.
      const clock = testClock(new Date());
      const observer = recorder();
      const store = spyOn(made);
      const { store: _, schema: __, ...rest } = options;
      const own = { ...patient, store, clock: clock.now, namespace: `life${namespaces++}` };
      const sessions = createSessions<Visit>({ ...own, observer, ...rest });
      const read = (id: string, now = clock.now()) => made.read({ namespace: own.namespace, id }, now);
      return { clock, observer, store, own, sessions, read, browser: new Browser(sessions) };
    };

    it("B2: values come back on the next request, under the same id", async () => {
      const { browser } = setUp();
      const first = await browser.visit((session) => {
        session.set("views", 1).set("cart", ["coat"]);
        return { id: session.id, isNew: session.isNew };
      });
      const second = await browser.visit((session) => ({
        id: session.id,
        isNew: session.isNew,
        all: session.toObject(),
      }));
      expect(first.result.isNew).toBe(true);
      expect(second.result).toEqual({ id: first.result.id, isNew: false, all: { views: 1, cart: ["coat"] } });
      expect(second.setCookies).toEqual([]);
    });

    it("B3: a token that the store does not know is never adopted", async () => {
      for (const end of ["unknown", "expired", "destroyed", "revoked"] as const) {
        const { browser, sessions, read, clock } = setUp({ idleTimeout: "30m" });
        await browser.visit((session) => session.set("views", 1));
        const offered = browser.token;
        const [id = ""] = offered.split(".");
        const thief = browser.copy();
        if (end === "unknown") await sessions.destroyAll();
        if (end === "expired") clock.advance("30m");
        if (end === "destroyed") await browser.visit((session) => session.destroy());
        if (end === "revoked") await sessions.revoke(id, { anyUser: true });
        const { result } = await thief.visit((session) => {
          session.set("views", 5);
          return session.isNew;
        });
        expect(result, end).toBe(true);
        expect(thief.token.split(".")[0], end).not.toBe(id);
        expect(thief.token.split(".")[1], end).not.toBe(offered.split(".")[1]);
        expect(await read(id), end).toBeUndefined();
      }
    });

    it("B6: regenerate gives a new token for the same data, and ends the old one", async () => {
      const { browser, clock } = setUp({ absoluteTimeout: "10d", idleTimeout: "10d" });
      const start = await browser.visit((session) => {
        session.set("views", 7);
        return session.absoluteExpiresAt;
      });
      clock.advance("1h");
      const old = browser.copy();
      const { setCookies, result } = await browser.visit((session) => {
        session.regenerate();
        return session.absoluteExpiresAt;
      });
      expect(setCookies).toHaveLength(1);
      expect(browser.token).not.toBe(old.token);
      expect(result).toEqual(start.result);
      expect((await browser.visit((session) => session.get("views"))).result).toBe(7);
      expect((await old.visit((session) => session.get("views"))).result).toBeUndefined();
      clock.advance("2m");
      expect((await old.visit((session) => session.get("views"))).result).toBeUndefined();
    });

    it("B7: login gives a new token, an indexed user and a fresh absolute limit", async () => {
      const { browser, sessions, clock } = setUp({ absoluteTimeout: "10d" });
      await browser.visit((session) => session.set("cart", ["coat"]));
      clock.advance("1h");
      const planted = browser.copy();
      const { setCookies } = await browser.visit((session) => session.login("ann"));
      expect(setCookies).toHaveLength(1);
      const { result } = await browser.visit((session) => ({
        user: session.userId,
        cart: session.get("cart"),
        end: session.absoluteExpiresAt?.getTime(),
        at: session.authenticatedAt?.getTime(),
      }));
      expect(result).toEqual({ user: "ann", cart: ["coat"], end: clock.now() + 864e6, at: clock.now() });
      expect((await sessions.list({ userId: "ann" })).sessions).toHaveLength(1);
      // Whoever planted the token before the login holds nothing afterwards.
      const late = await planted.visit((session) => ({ user: session.userId, cart: session.get("cart") }));
      expect(late.result).toEqual({ user: undefined, cart: undefined });
    });

    it("B7: a slow request that began before the login can no longer write, and sends no cookie", async () => {
      const { browser } = setUp();
      await browser.visit((session) => session.set("views", 1));
      const slow = browser.copy();
      const { status, setCookies, response } = await slow.visit(async (session) => {
        await browser.visit((other) => other.login("ann"));
        session.set("views", 666);
      });
      expect(status).toBe(409);
      expect(await response.text()).toContain("SESSION_GONE");
      expect(setCookies).toEqual([]);
      const later = await slow.visit((session) => session.set("views", 667));
      expect([later.status, later.setCookies]).toEqual([409, []]);
      expect((await browser.visit((session) => session.get("views"))).result).toBe(1);
    });

    it("B7: a sign-in that was submitted twice succeeds twice", async () => {
      const { browser, sessions } = setUp();
      await browser.visit((session) => session.set("views", 1));
      const second = browser.copy();
      const third = browser.copy();
      const signIn = (session: { login: (user: string) => void }) => session.login("ann");
      const answers = await Promise.all([browser.visit(signIn), second.visit(signIn)]);
      const late = await third.visit(signIn);
      for (const { status, setCookies } of [...answers, late]) expect([status, setCookies.length]).toEqual([200, 1]);
      for (const one of [browser, second, third])
        expect((await one.visit((session) => session.userId)).result).toBe("ann");
      expect((await sessions.list({ userId: "ann" })).sessions).toHaveLength(3);
    });

    it("B7: signing in as another user starts with empty data", async () => {
      const { browser } = setUp();
      await browser.visit((session) => {
        session.login("ann");
        session.set("cart", ["secret"]).set("views", 3);
        session.flash("for ann");
      });
      const { result } = await browser.visit(async (session) => {
        session.set("views", 4);
        session.login("bob");
        session.set("name", "Bob");
        return [session.toObject(), await session.flashes()];
      });
      expect(result).toEqual([{ name: "Bob" }, []]);
      const after = await browser.visit(async (session) => [
        session.userId,
        session.toObject(),
        await session.flashes(),
      ]);
      expect(after.result).toEqual(["bob", { name: "Bob" }, []]);
    });

    it("B8: destroy removes the record at once, expires the cookie, and a later write starts a new session", async () => {
      const { browser, sessions } = setUp();
      await browser.visit((session) => session.set("views", 1));
      const old = browser.token.split(".")[0];
      const { setCookies, result } = await browser.visit(async (session) => {
        session.set("views", 2);
        await session.destroy();
        const gone = (await sessions.find(old ?? "")) === undefined;
        return [gone, session.get("views"), session.keys(), session.userId];
      });
      expect(result).toEqual([true, undefined, [], undefined]);
      expect(setCookies).toHaveLength(1);
      expect(setCookies[0]).toMatch(/^session=; /);
      expect(setCookies[0]).toMatch(/Max-Age=0/);
      expect(await sessions.count()).toBe(0);

      await browser.visit((session) => session.set("views", 1));
      const second = browser.token.split(".")[0];
      const again = await browser.visit(async (session) => {
        await session.destroy();
        session.set("name", "new");
      });
      expect(again.setCookies).toHaveLength(1);
      expect(browser.token.split(".")[0]).not.toBe(second);
      expect((await browser.visit((session) => session.toObject())).result).toEqual({ name: "new" });
    });

    it("B12: the idle limit is exact", async () => {
      const { browser, clock } = setUp({ idleTimeout: "30m" });
      await browser.visit((session) => session.set("views", 1));
      clock.advance("29m");
      clock.advance("59s");
      expect((await browser.visit((session) => session.get("views"))).result).toBe(1);
      clock.advance("30m");
      expect((await browser.visit((session) => session.get("views"))).result).toBeUndefined();
    });

    it("B12: between its end and the clean-up a session is there and cannot be used", async () => {
      const { browser, clock, sessions, read } = setUp({ idleTimeout: "30m" });
      await browser.visit((session) => session.login("ann"));
      const [id = ""] = browser.token.split(".");
      clock.advance("30m");
      const before = clock.now() - 1;
      expect([await read(id, before), await read(id)]).toEqual([expect.objectContaining({ id }), undefined]);
      expect(await sessions.find(id)).toBeUndefined();
      expect([await sessions.count(), (await sessions.list({ userId: "ann" })).sessions]).toEqual([0, []]);
      await expect(sessions.edit(id, (session) => session.set("views", 1))).rejects.toMatchObject({
        code: "SESSION_GONE",
      });
      const { result, setCookies } = await browser.visit((session) => [session.isNew, session.userId]);
      expect([result, setCookies]).toEqual([[true, undefined], []]);
      expect(await read(id, before)).toBeDefined();
    });

    it("B13: the absolute limit is exact under constant activity, whatever is done", async () => {
      const { browser, clock } = setUp({ idleTimeout: "1h", absoluteTimeout: "8h", rotateAfter: "2h" });
      await browser.visit((session) => session.set("views", 0));
      for (let minutes = 10; minutes < 480; minutes += 10) {
        clock.advance("10m");
        const { result, status } = await browser.visit((session) => {
          if (minutes % 60 === 0) session.regenerate();
          if (minutes % 90 === 0) session.remember("30d");
          if (minutes % 100 === 0) session.expireAfter({ absolute: "20d", idle: "40d" });
          session.set("views", minutes);
          return session.isNew;
        });
        expect([minutes, result, status]).toEqual([minutes, false, 200]);
      }
      clock.advance("9m");
      clock.advance("59s");
      expect((await browser.visit((session) => session.isNew)).result).toBe(false);
      clock.advance("1s");
      expect((await browser.visit((session) => session.isNew)).result).toBe(true);
    });

    it("B13: expireAfter shortens one session's life, counted from now", async () => {
      const { browser, clock } = setUp({ absoluteTimeout: "30d" });
      await browser.visit((session) => session.set("views", 1));
      clock.advance("10h");
      await browser.visit((session) => session.expireAfter({ absolute: "15m" }));
      clock.advance("14m");
      expect((await browser.visit((session) => session.get("views"))).result).toBe(1);
      clock.advance("1m");
      expect((await browser.visit((session) => session.get("views"))).result).toBeUndefined();
    });

    it("B13: a limit binds records written before the option existed", async () => {
      const { own, clock } = setUp();
      const before = new Browser(createSessions<Visit>({ ...own, idleTimeout: false, absoluteTimeout: false }));
      await before.visit((session) => session.set("views", 1));
      const after = new Browser(createSessions<Visit>({ ...own, idleTimeout: false, absoluteTimeout: "8h" }));
      for (const [name, value] of before.cookies) after.cookies.set(name, value);
      clock.advance("7h");
      expect((await after.visit((session) => session.get("views"))).result).toBe(1);
      clock.advance("1h");
      expect((await after.visit((session) => session.get("views"))).result).toBeUndefined();
    });

    it("B14: a visit without changes is recorded at most once a minute, and nothing but the deadline is written", async () => {
      ownTime();
      const { browser, clock, store, sessions, read } = setUp({ idleTimeout: "30m" });
      await browser.visit((session) => session.set("views", 1));
      const id = browser.token.split(".")[0] ?? "";
      const before = await read(id);
      store.calls.length = 0;
      clock.advance("59s");
      expect((await browser.visit((session) => session.get("views"))).setCookies).toEqual([]);
      expect(store.calls).toEqual(["read"]);
      clock.advance("1s");
      expect((await browser.visit((session) => session.get("views"))).setCookies).toHaveLength(1);
      expect(store.calls).toEqual(["read", "read", "touch"]);
      const after = await read(id);
      expect(after).toEqual({ ...before, lastSeenAt: clock.now(), expiresAt: clock.now() + 18e5 });
      expect((await sessions.find(id))?.lastSeenAt.getTime()).toBe(clock.now());
    });

    it("B15: periodic rotation gives all clients in the grace period the same new token", async () => {
      const { browser, clock, observer } = setUp({ rotateAfter: "1h", rotationGrace: "30s", idleTimeout: "1d" });
      await browser.visit((session) => session.set("views", 0));
      const lost = browser.copy();
      clock.advance("1h");
      const crowd = Array.from({ length: 20 }, () => browser.copy());
      await Promise.all(crowd.map((one, i) => one.visit((session) => session.set("views", i))));
      const tokens = new Set(crowd.map((one) => one.token));
      tokens.delete(browser.token);
      expect(tokens.size).toBe(1);
      // The client that never got the answer writes to the same record and gets the same token.
      clock.advance("29s");
      await lost.visit((session) => session.set("name", "lost and found"));
      expect(tokens).toContain(lost.token);
      expect((await crowd[0]?.visit((session) => session.get("name")))?.result).toBe("lost and found");
      // The old secret, used after the grace period.
      clock.advance("1s");
      expect((await browser.visit((session) => session.isNew)).result).toBe(true);
      expect(observer.of("refused").at(-1)).toMatchObject({ reason: "grace-ended", anomaly: true });
      expect(observer.of("rotated")).toHaveLength(1);
    });

    it("B16: remember, expireAfter and cookie attributes stay in force, also in another process", async () => {
      const { browser, clock, own } = setUp({ idleTimeout: "1h", remember: false });
      const first = await browser.visit((session) => {
        session.set("views", 1);
        session.remember("10d");
        session.setCookieAttributes({ sameSite: "strict" });
      });
      expect(first.setCookies[0]).toMatch(/Max-Age=864000;.*SameSite=Strict/i);
      clock.advance("9d");
      const restarted = new Browser(createSessions<Visit>({ ...own, idleTimeout: "1h", remember: false }));
      for (const [name, value] of browser.cookies) restarted.cookies.set(name, value);
      const second = await restarted.visit((session) => session.set("views", 2));
      expect(second.setCookies[0]).toMatch(/Max-Age=864000;.*SameSite=Strict/i);
      await restarted.visit((session) => session.expireAfter({ idle: "5m" }));
      clock.advance("5m");
      expect((await restarted.visit((session) => session.isNew)).result).toBe(true);
    });

    it("B17: flash messages come back once, in order, by channel, on a later request", async () => {
      const { browser } = setUp();
      const at = new Date(0);
      const first = await browser.visit(async (session) => {
        session.flash("one");
        session.flash({ at }, "error");
        session.flash("two");
        return session.flashes();
      });
      expect(first.result).toEqual([]);
      await browser.visit((session) => session.set("views", 1));
      const read = await browser.visit(async (session) => [
        await session.flashes(),
        await session.flashes("error"),
        await session.flashes("none"),
      ]);
      expect(read.result).toEqual([["one", "two"], [{ at }], []]);
      expect((await browser.visit((session) => session.flashes())).result).toEqual([]);
      expect((await browser.visit((session) => session.keys())).result).toEqual(["views"]);
    });
  });
}
