import { createSessions, type SessionsOptions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createClock } from "../../src/core/runtime/clock.ts";
import { Browser } from "../support/browser/visitor.ts";
import { ownTime } from "../support/own-time.ts";
import { spyOn } from "../support/stores/spy.ts";

type Data = Record<string, unknown>;
const year = 31_536_000_000;
const minute = 60_000;

/** Sessions of a time when the clock was a year ahead, seen by a manager of today. */
async function setUp(options: SessionsOptions<Data> = {}) {
  const clock = testClock();
  const store = spyOn(memoryStore());
  const limits = { idleTimeout: "1h", absoluteTimeout: "8h", observer: () => undefined } as const;
  const wrong = createSessions<Data>({ ...limits, clock: () => clock.now() + year, ...options, store });
  const sessions = createSessions<Data>({ ...limits, clock: clock.now, ...options, store });
  const before = new Browser(wrong);
  await before.visit((session) => session.login("ann"));
  const browser = new Browser(sessions);
  for (const [name, value] of before.cookies) browser.cookies.set(name, value);
  const look = () => browser.visit((session) => session.userId);
  return { clock, store, wrong, sessions, before, browser, look };
}

describe("times from the future", () => {
  it("B100: times from the future leave the idle limit in force, from the first request of today on", async () => {
    const { clock, look } = await setUp();
    for (let i = 0; i < 3; i++) {
      expect((await look()).result).toBe("ann");
      clock.advance("59m");
    }
    expect((await look()).result).toBe("ann");
    clock.advance("60m");
    expect((await look()).result).toBeUndefined();
  });

  it("B100: a session that nobody has used since lives longer by no more than the clock was ahead", async () => {
    for (const [after, userId] of [["59m", "ann"] as const, ["60m", undefined] as const]) {
      const { clock, look } = await setUp();
      clock.advance("365d");
      clock.advance(after);
      expect((await look()).result).toBe(userId);
    }
  });

  it("B100: a login while a slow read of its record is under way is not from the future", async () => {
    const { clock, store, sessions } = await setUp();
    const { id, cookie } = await sessions.issue({ userId: "bob" });
    const request = new Request("http://localhost/", { headers: { cookie } });
    let signedInAt = 0;
    store.delay("read", async () => {
      store.delay("read", undefined);
      clock.advance("50m");
      signedInAt = clock.now();
      await sessions.handle(request, (_, session) => {
        session.login("bob");
        return new Response();
      });
    });
    await sessions.edit(id, (session) => session.set("seen", 1));
    const end = await sessions.edit(id, (session) => session.absoluteExpiresAt?.getTime());
    expect(end).toBe(signedInAt + 8 * 60 * minute);
  });

  it("B100: times from the future leave the absolute limit in force", async () => {
    const { clock, look, browser } = await setUp();
    for (let i = 0; i < 16; i++) {
      expect((await look()).result).toBe("ann");
      clock.advance("30m");
    }
    expect((await look()).result).toBeUndefined();
    expect((await browser.visit((session) => session.absoluteExpiresAt?.getTime())).result).toBe(
      clock.now() + 8 * 60 * minute,
    );
  });

  it("B100: cost a write for a visit that is recorded, at most once a minute", async () => {
    ownTime();
    const { clock, look, store } = await setUp();
    store.calls.length = 0;
    await look();
    await look();
    clock.advance("59s");
    await look();
    clock.advance("1s");
    await look();
    expect(store.calls).toEqual(["read", "replace", "read", "read", "read", "replace"]);
  });

  it("B100: a limit of the session itself and a login count from today", async () => {
    const { clock, look, browser, before } = await setUp({ idleTimeout: false });
    await before.visit((session) => session.expireAfter({ absolute: "2h" }));
    await look();
    clock.advance("119m");
    expect((await look()).result).toBe("ann");
    await browser.visit((session) => session.login("ann"));
    clock.advance("119m");
    expect((await look()).result).toBe("ann");
    clock.advance("1m");
    expect((await look()).result).toBeUndefined();
  });

  it("B100: a rotation that was made then does not put off the next one, and its grace ends", async () => {
    const { clock, look, browser, before } = await setUp({ rotateAfter: "10m", idleTimeout: false, onReuse: "report" });
    const { token } = before;
    clock.advance("10m");
    await before.visit(() => undefined);
    expect(before.token).not.toBe(token);
    const late = browser.copy();
    for (const [name, value] of before.cookies) browser.cookies.set(name, value);
    await look();
    clock.advance("9m");
    expect((await late.visit((session) => session.userId)).result).toBeUndefined();
    clock.advance("1m");
    expect((await look()).setCookies[0]).toMatch(/^session=/);
    expect(browser.token).not.toBe(before.token);
  });

  it("B100: the list and the limit per user take them for what they are", async () => {
    const { clock, look, sessions } = await setUp({ maxSessionsPerUser: 1, overflow: "reject" });
    await look();
    expect((await sessions.list({ userId: "ann" })).sessions[0]?.lastSeenAt.getTime()).toBe(clock.now());
    const other = new Browser(sessions);
    expect((await other.visit((session) => session.login("ann"))).status).toBe(429);
    clock.advance("1h");
    expect((await sessions.list({ userId: "ann" })).sessions).toEqual([]);
  });

  it("B100: a difference of minutes between hosts changes nothing", async () => {
    const clock = testClock();
    const store = spyOn(memoryStore());
    const ahead = new Browser(createSessions<Data>({ store, clock: () => clock.now() + 4 * minute }));
    const browser = new Browser(createSessions<Data>({ store, clock: clock.now }));
    await ahead.visit((session) => session.set("n", 1));
    for (const [name, value] of ahead.cookies) browser.cookies.set(name, value);
    store.calls.length = 0;
    await browser.visit((session) => session.get("n"));
    expect(store.calls).toEqual(["read"]);
  });
});

describe("the store's clock", () => {
  it("B100: the store's clock is read once a minute while it is used, without a pruner, so that a wrong start does not last", async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance", "setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    let wrong = year;
    let asked = 0;
    const time = async () => {
      asked++;
      return Date.now() + wrong;
    };
    const clock = createClock(undefined, { time }, 2_000);
    await clock.ready();
    expect(clock.now() - Date.now()).toBe(year);
    wrong = 0;
    await vi.advanceTimersByTimeAsync(59_999);
    expect([clock.ready(), asked]).toEqual([undefined, 1]);
    await vi.advanceTimersByTimeAsync(1);
    // In the background: no request waits for it.
    expect(clock.ready()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(0);
    expect([asked, clock.now() - Date.now()]).toEqual([2, 0]);
    expect([clock.ready(), asked]).toEqual([undefined, 2]);
  });
});
