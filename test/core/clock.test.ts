import { createSessions, type StoreCall } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createClock } from "../../src/core/runtime/clock.ts";
import { Browser } from "../support/browser/visitor.ts";
import { spyOn } from "../support/stores/spy.ts";

const hour = 3_600_000;

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the store's clock", () => {
  it("the store's clock corrects the host's, and is asked before the first record is used and not on every request", async () => {
    let asked = 0;
    const store = {
      ...spyOn(memoryStore()),
      time: async () => {
        asked++;
        return Date.now() + hour;
      },
    };
    const sessions = createSessions({ store });
    const browser = new Browser(sessions);
    await browser.visit((session) => session.get("untouched"));
    expect(asked).toBe(0);
    await browser.visit((session) => session.set("n", 1));
    for (let i = 0; i < 5; i++) await browser.visit((session) => session.set("n", i + 2));
    expect(asked).toBe(1);
    const [info] = (await sessions.list({ anyUser: true })).sessions;
    expect(Math.abs((info?.lastSeenAt.getTime() ?? 0) - Date.now() - hour)).toBeLessThan(60_000);
    await sessions.close();
  });

  it("the store's clock is asked again after the host's clock was set, and until it has replied time goes on as before", async () => {
    const start = Date.now();
    let asked = 0;
    const clock = createClock(
      undefined,
      {
        time: async () => {
          asked++;
          return start;
        },
      },
      2_000,
    );
    await clock.ready();
    const host = vi.spyOn(Date, "now");
    host.mockReturnValue(start + 24 * hour);
    expect(Math.abs(clock.now() - start)).toBeLessThan(60_000);
    await expect.poll(() => asked).toBe(2);
    host.mockReturnValue(start - hour);
    expect(Math.abs(clock.now() - start)).toBeLessThan(60_000);
    await expect.poll(() => asked).toBe(3);
  });

  it("B70: after a suspend the store's time is awaited before the first session is opened", async () => {
    const start = Date.now();
    let elapsed = 0;
    const clock = createClock(undefined, { time: async () => start + elapsed }, 2_000);
    await clock.ready();
    expect(clock.ready()).toBeUndefined();
    elapsed = 24 * hour;
    vi.spyOn(Date, "now").mockReturnValue(start + elapsed);
    await clock.ready();
    expect(Math.abs(clock.now() - start - elapsed)).toBeLessThan(60_000);
    expect(clock.ready()).toBeUndefined();
  });

  it("B159: the store's first reply holds although the host's clock was set while it was under way", async () => {
    const start = Date.now();
    let asked = 0;
    const time = async (): Promise<number> => {
      if (++asked > 1) throw new Error("no");
      vi.spyOn(Date, "now").mockReturnValue(start + 26 * hour);
      return start;
    };
    const clock = createClock(undefined, { time }, 2_000);
    await clock.ready();
    expect(asked).toBe(2);
    expect(Math.abs(clock.now() - start)).toBeLessThan(60_000);
    // The reply may also be as old as the host was suspended, so the store's time is not known for certain.
    expect(await clock.measure()).toBe(false);
  });

  it("the store's clock is not needed: a store that cannot tell the time leaves the host's clock in force", async () => {
    const clock = createClock(undefined, { time: () => Promise.reject(new Error("no")) }, 2_000);
    await clock.ready();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(60_000);
  });

  it("B40: the store's clock is waited for no longer than for any other reply, and asked again a little later", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    onTestFinished(() => void vi.useRealTimers());
    let asked = 0;
    let signal: AbortSignal | undefined;
    const time = (call?: StoreCall): Promise<number> => {
      asked++;
      signal = call?.signal;
      return asked === 1 ? new Promise(() => undefined) : Promise.resolve(Date.now() + hour);
    };
    const clock = createClock(undefined, { time }, 300);
    const ready = clock.ready();
    await vi.advanceTimersByTimeAsync(300);
    await ready;
    expect(signal?.aborted).toBe(true);
    expect(clock.ready()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1_000);
    await clock.ready();
    expect(asked).toBe(2);
    expect(Math.abs(clock.now() - Date.now() - hour)).toBeLessThan(60_000);
    expect(clock.ready()).toBeUndefined();
  });

  it("B118: a prune after the host's clock was set, of a store that does not tell its time, deletes nothing", async () => {
    let isSilent = false;
    const time = async (): Promise<number> => {
      if (isSilent) throw new Error("no");
      return start;
    };
    const start = Date.now();
    const sessions = createSessions({ store: { ...memoryStore(), time }, observer: () => undefined });
    const { id } = await sessions.issue();
    isSilent = true;
    vi.spyOn(Date, "now").mockReturnValue(start + 48 * hour);
    await expect(sessions.prune()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(await sessions.find(id)).toBeDefined();
    isSilent = false;
    expect(await sessions.prune()).toBe(0);
    expect(await sessions.find(id)).toBeDefined();
  });

  it("B118: a prune before the store has told its time even once deletes nothing", async () => {
    const inner = memoryStore();
    const { id } = await createSessions({ store: inner }).issue();
    const store = { ...inner, time: () => Promise.reject(new Error("no")) };
    const sessions = createSessions({ store, observer: () => undefined });
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 48 * hour);
    await expect(sessions.prune()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    vi.restoreAllMocks();
    expect(await createSessions({ store: inner }).find(id)).toBeDefined();
  });

  it("the store's clock is not used where the application has its own", async () => {
    const clock = createClock(() => 42, { time: () => Promise.reject(new Error("never asked")) }, 2_000);
    expect([clock.now(), clock.ready()]).toEqual([42, undefined]);
  });
});
