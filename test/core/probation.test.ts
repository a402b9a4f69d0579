import { createSessions, type SessionsOptions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import { describe, expect, it } from "vitest";
import { Browser } from "../support/browser/visitor.ts";
import { ownTime } from "../support/own-time.ts";
import { spyOn } from "../support/stores/spy.ts";

type Data = Record<string, unknown>;

function setUp(options: SessionsOptions<Data> = {}) {
  const clock = testClock();
  const store = spyOn(memoryStore());
  const limits = { idleTimeout: "24h", probation: "10m" } as const;
  const sessions = createSessions<Data>({ ...limits, clock: clock.now, ...options, store });
  const browser = new Browser(sessions);
  const look = () => browser.visit((session) => session.get("n"));
  return { clock, store, sessions, browser, look };
}

describe("probation", () => {
  it("B105: a session without a user whose token does not come back ends early", async () => {
    for (const idleTimeout of ["24h", false] as const) {
      const { clock, sessions, browser, look } = setUp({ idleTimeout });
      const { setCookies } = await browser.visit((session) => session.set("n", 1));
      expect(setCookies[0]).toMatch(/Max-Age=600;/);
      clock.advance("10m");
      expect([await sessions.count(), await sessions.prune()]).toEqual([0, 1]);
      expect((await look()).result).toBeUndefined();
    }
  });

  it("B105: once its token has come back a session has the usual limits, also if that request only reads", async () => {
    ownTime();
    const { clock, browser, look, store } = setUp();
    await browser.visit((session) => session.set("n", 1));
    clock.advance("9m");
    store.calls.length = 0;
    expect((await look()).setCookies[0]).toMatch(/Max-Age=86400;/);
    await look();
    expect(store.calls).toEqual(["read", "replace", "read"]);
    clock.advance("23h");
    expect((await look()).result).toBe(1);
  });

  it("B105: further writes of the first request do not end it", async () => {
    const { clock, browser, look } = setUp();
    await browser.visit(async (session) => {
      session.set("n", 1);
      await session.save();
      clock.advance("1m");
      await session.update("n", () => 2);
    });
    clock.advance("9m");
    expect((await look()).result).toBeUndefined();
  });

  it("B105: a login ends it, and what issue() makes has none", async () => {
    const { clock, sessions, browser, look } = setUp();
    await browser.visit((session) => session.login("ann"));
    const { id } = await sessions.issue();
    const later = new Browser(sessions);
    await later.visit(async (session) => {
      session.set("n", 1);
      await session.save();
      session.login("bob");
    });
    clock.advance("1h");
    await look();
    expect((await browser.visit((session) => session.userId)).result).toBe("ann");
    expect((await later.visit((session) => session.userId)).result).toBe("bob");
    expect(await sessions.find(id)).toBeDefined();
  });

  it("B105: is off by default, and must be a length of time", async () => {
    const { clock, browser, look } = setUp({ probation: undefined });
    await browser.visit((session) => session.set("n", 1));
    clock.advance("23h");
    expect((await look()).result).toBe(1);
    expect(() => createSessions({ store: memoryStore(), probation: 10 as never })).toThrow(/probation must be/);
  });
});
