import { createHash } from "node:crypto";
import { createSessions, type SessionStore, type SessionsOptions } from "coatcheck";
import { testClock } from "coatcheck/testing";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { Browser, recorder } from "../../../support/browser/visitor.ts";
import { contentOf, plant } from "../../../support/stores/content.ts";
import { spyOn } from "../../../support/stores/spy.ts";
import { openAgain, patient, type StoreName, type StoreUnderTest } from "../../../support/stores/stores.ts";

type Data = Record<string, unknown>;

/** Listing and ending sessions from outside, and what a store gives away. */
export function administration(subject: StoreUnderTest, name: StoreName): void {
  describe("administration", () => {
    let store: SessionStore;
    beforeAll(async () => {
      store = await subject.make();
    });
    let managers = 0;
    const setUp = (options: Omit<SessionsOptions<Data>, "store" | "schema"> = {}) => {
      const clock = testClock(new Date());
      const observer = recorder();
      // A namespace for each test, so that they can share one store.
      const sessions = createSessions<Data>({
        ...patient,
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
        // It began with this login.
        epoch: 0,
        createdAt: expect.any(Date),
        lastSeenAt: expect.any(Date),
        authenticatedAt: new Date(clock.now() - 4000),
        expiresAt: expect.any(Date),
      });
      expect(await sessions.revoke(idOf(phone), { userId: "bob" })).toBe(false);
      expect(await isIn(phone)).toBe(true);
      expect(await sessions.revoke(idOf(phone), { userId: "ann" })).toBe(true);
      expect(await sessions.revoke(idOf(phone), { anyUser: true })).toBe(false);
      expect([await isIn(phone), await isIn(laptop), await isIn(tablet)]).toEqual([false, true, true]);
      expect(await sessions.revokeAll("ann", { except: idOf(tablet) })).toBe(1);
      expect([await isIn(laptop), await isIn(tablet), await isIn(other)]).toEqual([false, true, true]);
      expect(await sessions.revokeAll("ann")).toBe(1);
      expect([await isIn(tablet), await isIn(other)]).toEqual([false, true]);
    });

    it("B54, B55: of() reaches one user's sessions, and an absent user reaches nobody's", async () => {
      const { sessions, signIn, isIn } = setUp();
      const [phone, laptop, other] = [await signIn("ann"), await signIn("ann"), await signIn("bob")];
      const stranger = new Browser(sessions);
      const { result } = await stranger.visit(async (session) => {
        const own = sessions.of(session);
        const { userId } = session;
        const calls = [
          sessions.list({ userId } as never),
          sessions.revoke(idOf(phone), { userId } as never),
          sessions.revokeAll(userId as never),
          own.revoke(idOf(phone)),
          own.revokeOthers(),
          own.revokeAll(),
        ].map((call) => call.then(String, ({ code, name }) => code ?? name));
        return [await own.list(), ...(await Promise.all(calls))];
      });
      expect(result).toEqual([{ sessions: [] }, ...Array(3).fill("TypeError"), ...Array(3).fill("NOT_SIGNED_IN")]);
      expect([await isIn(phone), await isIn(laptop), await isIn(other)]).toEqual([true, true, true]);
      const own = await phone.visit(async (session) => {
        const { list, revoke, revokeOthers } = sessions.of(session);
        return [(await list()).sessions.length, await revoke(idOf(other)), await revokeOthers()];
      });
      expect(own.result).toEqual([2, false, 1]);
      expect([await isIn(phone), await isIn(laptop), await isIn(other)]).toEqual([true, false, true]);
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
      expect((await sessions.list({ anyUser: true })).sessions).toHaveLength(7);
      await expect(sessions.list({ anyUser: true, limit: 0 })).rejects.toMatchObject({ code: "INVALID_OPTION" });
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

    it('B161: overflow "reject" is exact for the parallel logins of several managers, and ends none that it let in', async () => {
      const options = { namespace: `n${managers++}`, maxSessionsPerUser: 3, overflow: "reject" } as const;
      const both = [setUp(options).sessions, setUp(options).sessions] as const;
      const [sessions] = both;
      const browsers = Array.from({ length: 40 }, (_, i) => new Browser(i % 2 === 0 ? both[0] : both[1]));
      const answers = await Promise.all(browsers.map((browser) => browser.visit((session) => session.login("ann"))));
      const inside = browsers.filter((_, i) => answers[i]?.status === 200);
      const { sessions: left } = await sessions.list({ userId: "ann" });
      expect(left.map(({ id }) => id).sort()).toEqual(inside.map(idOf).sort());
      expect(inside).toHaveLength(3);
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused).toHaveLength(37);
      expect(refused.every(({ setCookies }) => setCookies.length === 0)).toBe(true);
      // Nothing of those under way is left behind: places that are free again can be taken at once, wherever.
      for (const browser of inside) await browser.visit((session) => session.destroy());
      for (const browser of [...inside, ...browsers].slice(0, 3))
        expect((await browser.visit((session) => session.login("ann"))).status).toBe(200);
    });

    it('B161: overflow "reject" is exact for one login each of 30 managers', async () => {
      const options = { namespace: `n${managers++}`, maxSessionsPerUser: 3, overflow: "reject" } as const;
      const browsers = Array.from({ length: 30 }, () => new Browser(setUp(options).sessions));
      const answers = await Promise.all(browsers.map((browser) => browser.visit((session) => session.login("ann"))));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, ...Array(27).fill(429)]);
    });

    it('B51: overflow "reject" is exact for the parallel logins of one process', async () => {
      const { sessions } = setUp({ maxSessionsPerUser: 3, overflow: "reject" });
      const browsers = Array.from({ length: 40 }, () => new Browser(sessions));
      const answers = await Promise.all(browsers.map((browser) => browser.visit((session) => session.login("ann"))));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
      expect((await sessions.list({ userId: "ann" })).sessions).toHaveLength(3);
    });

    it("B103: of parallel logins and revocations of several managers nothing older than the last one lives", async () => {
      const options = { namespace: `n${managers++}` };
      const both = [setUp(options).sessions, setUp(options).sessions] as const;
      for (let round = 0; round < 5; round++) {
        const browsers = Array.from({ length: 12 }, (_, i) => new Browser(both[i % 2 ? 1 : 0]));
        const logins = browsers.map((browser) => browser.visit((session) => session.login("ann")));
        await Promise.all([both[0].revokeAll("ann"), ...logins.slice(0, 4)]);
        await both[1].revokeAll("ann");
        for (const { status } of await Promise.all(logins)) expect([200, 409]).toContain(status);
        expect((await both[0].list({ userId: "ann" })).sessions).toEqual([]);
        for (const browser of browsers) {
          expect((await browser.visit((session) => session.userId)).result).toBeUndefined();
        }
        const after = new Browser(both[0]);
        expect((await after.visit((session) => session.login("ann"))).status).toBe(200);
        expect(await both[1].revokeAll("ann")).toBe(1);
      }
    });

    it("B97: shorter limits end sessions for the counts and in the store", async () => {
      const namespace = `n${managers++}`;
      const before = setUp({
        namespace,
        idleTimeout: false,
        absoluteTimeout: false,
        clock: () => Date.now() - 3 * 86_400_000,
      });
      // As each process does within minutes: then the store knows the limits.
      await before.sessions.prune();
      for (const user of ["ann", "ann", "bob"]) await before.signIn(user);
      const after = setUp({ namespace, idleTimeout: "1d", maxSessionsPerUser: 2, overflow: "reject" });
      await after.signIn("ann");
      expect(await after.sessions.count()).toBe(1);
      expect(await after.sessions.prune()).toBe(subject.without.includes("prune") ? 0 : 3);
      expect((await after.sessions.list({ anyUser: true })).sessions).toHaveLength(1);
    });

    it("B52: destroyAll ends this namespace only, prune only what has expired", async () => {
      const { sessions, signIn, clock } = setUp({ idleTimeout: "30m" });
      const neighbour = setUp();
      clock.advance("31m");
      // What other tests of this store have left.
      await sessions.prune();
      await neighbour.signIn("ann");
      await signIn("ann");
      clock.advance("31m");
      await signIn("bob");
      expect(await sessions.count()).toBe(1);
      expect(await sessions.prune()).toBe(subject.without.includes("prune") ? 0 : 1);
      await sessions.destroyAll();
      expect([await sessions.count(), await neighbour.sessions.count()]).toEqual([0, 1]);
    });

    it("B18: two managers on one store mix nothing: tokens, list, destroyAll, count", async () => {
      const shop = createSessions<Data>({ ...patient, store, name: "shop" });
      const admin = createSessions<Data>({ ...patient, store, name: "admin" });
      const customer = new Browser(shop);
      await customer.visit((session) => session.login("ann"));
      const staff = new Browser(admin);
      await staff.visit((session) => session.login("ann"));
      staff.cookies.set("admin", customer.token);
      expect((await staff.visit((session) => session.isNew)).result).toBe(true);
      expect([await shop.count(), await admin.count()]).toEqual([1, 1]);
      expect((await admin.list({ userId: "ann" })).sessions.map(({ id }) => id)).not.toContain(
        customer.token.split(".")[0],
      );
      expect(await admin.revoke(customer.token.split(".")[0] ?? "", { anyUser: true })).toBe(false);
      await admin.destroyAll();
      expect([await shop.count(), await admin.count()]).toEqual([1, 0]);
      expect((await customer.visit((session) => session.userId)).result).toBe("ann");
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

  describe("what a store holds", () => {
    it("B50: no token or secret is in the store, in events, in errors or in the log", async () => {
      const printed: unknown[] = [];
      const spies = (["log", "warn", "error", "info", "debug"] as const).map((method) =>
        vi.spyOn(console, method).mockImplementation((...args) => void printed.push(args)),
      );
      const observer = recorder();
      const url = subject.url();
      const store = spyOn(await openAgain(url));
      const sessions = createSessions<Data>({ ...patient, store, observer, rotateAfter: "1h" });
      const browser = new Browser(sessions);
      const tokens: string[] = [];
      const errors: unknown[] = [];
      const visit = async (handler: Parameters<typeof browser.visit>[0]) => {
        const { response } = await browser.visit(handler);
        errors.push(await response.text());
        tokens.push(browser.token);
      };
      await visit((session) => session.set("coat", "number 42"));
      await visit((session) => session.login("ann"));
      await visit((session) => session.regenerate());
      store.fail("replace", "before", 99);
      await visit((session) => session.set("n", 1));
      await visit((session) => session.set("n", () => 1));
      await visit((session) => {
        throw new Error(`about ${JSON.stringify(session)} ${session.id}`);
      });
      const content = await contentOf(url);
      const everything = JSON.stringify([
        observer.events,
        errors,
        printed,
        content,
        await sessions.list({ anyUser: true }),
      ]);
      for (const spy of spies) spy.mockRestore();
      const id = browser.token.split(".")[0] ?? "";
      expect(everything).toContain(id);
      for (const token of new Set(tokens)) {
        const [, secret = ""] = token.split(".");
        expect(secret).toHaveLength(43);
        expect(everything).not.toContain(secret);
        expect(everything).not.toContain(secret.slice(0, 20));
      }
      if (name === "memory") return;

      // Whoever reads the database has the data, and nothing to come back with.
      expect(content).toContain("number 42");
      const candidates = new Set(content.match(/[\w-]{43}/g));
      expect(candidates.size).toBeGreaterThan(0);
      for (const candidate of candidates) {
        const thief = new Browser(sessions);
        thief.cookies.set("session", `${id}.${candidate}`);
        expect((await thief.visit((session) => session.isNew)).result).toBe(true);
      }
    });

    it("B52: what belongs to others survives destroyAll and prune", async () => {
      const url = subject.url();
      const clock = testClock(new Date());
      const open = async (place: string) =>
        createSessions<Data>({ ...patient, store: await openAgain(place), clock: clock.now, idleTimeout: "30m" });
      const [sessions, neighbours] = [await open(url), await open(subject.url())];
      await sessions.issue({ userId: "ann" });
      clock.advance("20m");
      await neighbours.issue({ userId: "ann" });
      await sessions.issue({ userId: "ann" });
      const planted = await plant(url, "not a session");
      clock.advance("15m");
      expect(await sessions.prune()).toBe(subject.without.includes("prune") ? 0 : 1);
      await sessions.destroyAll();
      expect([await sessions.count(), await neighbours.count()]).toEqual([0, 1]);
      if (planted > 0) expect((await contentOf(url)).split("not a session")).toHaveLength(planted + 1);
    });
  });
}
