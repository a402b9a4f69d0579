import { createSessions, type SessionsOptions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import { describe, expect, it } from "vitest";
import { Browser, recorder } from "../support/browser/visitor.ts";
import { ownTime } from "../support/own-time.ts";
import { spyOn } from "../support/stores/spy.ts";

type Data = Record<string, unknown>;

/** Two managers stand for two processes. The clock stands still, so that no answer depends on it. */
function setUp(options: SessionsOptions<Data> = {}) {
  const clock = testClock();
  const store = spyOn(memoryStore());
  const observer = recorder();
  const make = () => createSessions<Data>({ clock: clock.now, observer, ...options, store });
  const [sessions, admin] = [make(), make()];
  const browser = new Browser(sessions);
  const isIn = async (one = browser) => (await one.visit((session) => session.userId)).result !== undefined;
  const left = async () => (await sessions.list({ userId: "ann" })).sessions.length;
  /** Runs something while the next call of a method waits. */
  const during = (method: "create" | "replace", work: () => Promise<unknown>) =>
    store.delay(method, async () => {
      store.delay(method, undefined);
      await work();
    });
  return { store, observer, sessions, admin, browser, isIn, left, during };
}

describe("revokeAll and sessions that are being made", () => {
  it("B103: a login of a new visitor that began before it leaves no session", async () => {
    const { admin, browser, isIn, left, during, observer } = setUp();
    during("create", () => admin.revokeAll("ann"));
    const { status, setCookies } = await browser.visit((session) => session.login("ann"));
    expect([status, setCookies]).toEqual([409, []]);
    expect([await isIn(), await left()]).toEqual([false, 0]);
    expect(observer.of("login")).toEqual([]);
  });

  it("B103: a login in a session that was there leaves no session", async () => {
    const { admin, browser, isIn, left, during } = setUp();
    await browser.visit((session) => session.set("cart", 1));
    during("replace", () => admin.revokeAll("ann"));
    expect((await browser.visit((session) => session.login("ann"))).status).toBe(409);
    expect([await isIn(), await left()]).toEqual([false, 0]);
  });

  it("B103: a login whose commit is applied again to a newer record leaves no session", async () => {
    const { admin, sessions, browser, isIn, left, during, observer } = setUp();
    await browser.visit((session) => session.set("cart", 1));
    const [id = ""] = browser.token.split(".");
    during("replace", async () => {
      await admin.edit(id, (session) => session.set("other", 1));
      await admin.revokeAll("ann");
    });
    expect((await browser.visit((session) => session.login("ann"))).status).toBe(409);
    expect(observer.of("conflict")).toHaveLength(1);
    expect([await isIn(), await left(), await sessions.find(id)]).toEqual([false, 0, undefined]);
  });

  it("B103: a login that waits in the lane of its session leaves no session", async () => {
    const { admin, browser, isIn, left, during } = setUp();
    await browser.visit((session) => session.set("cart", 1));
    const tab = browser.copy();
    let login: Promise<{ status: number }> | undefined;
    during("replace", async () => {
      login = tab.visit((session) => session.login("ann"));
      for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
      await admin.revokeAll("ann");
    });
    await browser.visit((session) => session.set("n", 1));
    expect((await login)?.status).toBe(409);
    expect([await isIn(tab), await left()]).toEqual([false, 0]);
  });

  it("B103: issue() and edit() that began before it leave no session", async () => {
    const { admin, sessions, left, during } = setUp();
    during("create", () => admin.revokeAll("ann"));
    await expect(sessions.issue({ userId: "ann" })).rejects.toMatchObject({ code: "SESSION_GONE" });
    const { id } = await sessions.issue();
    during("replace", () => admin.revokeAll("ann"));
    await expect(sessions.edit(id, (session) => session.login("ann"))).rejects.toMatchObject({ code: "SESSION_GONE" });
    expect(await left()).toBe(0);
  });

  it("B103: a login after it works, also in the same request and at the same moment", async () => {
    const { admin, sessions, browser, isIn } = setUp();
    await admin.revokeAll("ann");
    await browser.visit((session) => session.login("ann"));
    expect(await isIn()).toBe(true);
    await browser.visit(async (session) => {
      await sessions.revokeAll("ann");
      session.login("ann");
    });
    // Its session was among those that were revoked, and the login in it came after: it is no double click.
    expect(await isIn()).toBe(false);
    await browser.visit((session) => session.login("ann"));
    expect(await isIn()).toBe(true);
  });

  it("B103: the session that is excepted stays, with a login that is under way in it", async () => {
    const { sessions, browser, isIn, left } = setUp();
    const other = new Browser(sessions);
    await other.visit((session) => session.login("ann"));
    await browser.visit((session) => session.login("ann"));
    const { status } = await browser.visit(async (session) => {
      session.login("ann");
      await sessions.of(session).revokeOthers();
    });
    expect([status, await isIn(), await isIn(other), await left()]).toEqual([200, true, false, 1]);
    const fresh = new Browser(sessions);
    await fresh.visit(async (session) => {
      session.login("ann");
      await sessions.of(session).revokeOthers();
    });
    expect([await isIn(fresh), await isIn(), await left()]).toEqual([true, false, 1]);
  });

  it("B103: two of them in a row, with other exceptions, count both", async () => {
    const { admin, sessions, browser, isIn, left, during } = setUp();
    await browser.visit((session) => session.set("cart", 1));
    const [id = ""] = browser.token.split(".");
    during("replace", async () => {
      await admin.revokeAll("ann");
      await admin.revokeAll("ann", { except: id });
    });
    expect((await browser.visit((session) => session.login("ann"))).status).toBe(409);
    expect([await isIn(), await left()]).toEqual([false, 0]);
    during("create", () => admin.revokeAll("bob"));
    expect((await new Browser(sessions).visit((session) => session.login("ann"))).status).toBe(200);
  });

  it("B103: login() in a session that was just revoked is no double click and makes no session", async () => {
    for (const end of ["revoke", "revokeAll"] as const) {
      const { admin, browser, isIn, left, during } = setUp();
      await browser.visit((session) => session.login("ann"));
      const [id = ""] = browser.token.split(".");
      during("replace", () => (end === "revoke" ? admin.revoke(id, { userId: "ann" }) : admin.revokeAll("ann")));
      const { status, setCookies } = await browser.visit((session) => session.login("ann"));
      expect([status, setCookies, await isIn(), await left()]).toEqual([409, [], false, 0]);
    }
  });

  it("B103: costs a login one read, and other requests nothing", async () => {
    ownTime();
    const { browser, store } = setUp();
    store.calls.length = 0;
    await browser.visit((session) => session.login("ann"));
    await browser.visit((session) => session.set("n", 1));
    await browser.visit((session) => session.login("ann"));
    expect(store.calls).toEqual(["create", "read", "read", "replace", "read", "replace", "read"]);
  });

  it("B103: where the store cannot tell, the login fails and its session is taken back", async () => {
    const { browser, store, left } = setUp();
    store.fail("read", "before");
    expect((await browser.visit((session) => session.login("ann"))).status).toBe(503);
    await expect.poll(left).toBe(0);
  });
});
