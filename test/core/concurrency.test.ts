import { createSessions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Browser, recorder } from "../support/browser/visitor.ts";
import { ownTime } from "../support/own-time.ts";
import { spyOn } from "../support/stores/spy.ts";

type Data = Record<string, unknown>;

describe("a commit and a store that fails", () => {
  const make = () => {
    const store = spyOn(memoryStore());
    const observer = recorder();
    return { store, observer, sessions: createSessions<Data>({ store, observer, commitTimeout: "60s" }) };
  };

  it("a commit finds its own commit id when the store's reply was lost: 300 acknowledged increments are 300", async () => {
    const { store, sessions } = make();
    const { id } = await sessions.issue();
    for (let i = 0; i < 300; i++) {
      if (i % 3 === 0) store.fail("replace", "after");
      if (i % 3 === 1) store.fail("replace", "before");
      await sessions.edit(id, (session) => session.update("n", (now) => Number(now ?? 0) + 1));
    }
    expect(await sessions.edit(id, (session) => session.get("n"))).toBe(300);
  });

  it("B7 B11: an update that is committed together with another user's login sees nothing of what follows", async () => {
    ownTime();
    const store = spyOn(memoryStore());
    // The first commit is held for as long as the others need to arrive.
    const clock = testClock();
    const options = { storeTimeout: "60s", commitTimeout: "60s", clock: clock.now } as const;
    const sessions = createSessions<Data>({ store, ...options });
    const { id, token } = await sessions.issue({ data: { n: 1 }, userId: "ann" });
    // So much later that a cookie would have to say so.
    clock.advance("5s");
    const tab = () => {
      const browser = new Browser(sessions);
      browser.cookies.set("session", token);
      return browser;
    };
    let release: () => void = () => expect.fail("nothing is held");
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    store.delay("replace", () => held);
    // While the first commit is held, the update and the login gather for the next round, together.
    const first = tab().visit((session) => session.set("first", true));
    await expect.poll(() => store.calls.at(-1)).toBe("replace");
    let arrived = 0;
    const updating = tab().visit(async (session) => {
      arrived++;
      expect(await session.update("n", (now) => Number(now) + 1)).toBe(2);
      return session.toObject();
    });
    const login = tab().visit((session) => {
      session.login("bob");
      session.set("secret", "bob's");
      arrived++;
    });
    await expect.poll(() => arrived).toBe(2);
    // From there to the queue there is no I/O, so that both are in it before the next turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    store.delay("replace", undefined);
    release();
    const [, seen, signedIn] = await Promise.all([first, updating, login]);
    expect([seen.result, seen.setCookies]).toEqual([{ first: true, n: 2 }, []]);
    expect([signedIn.status, signedIn.setCookies.length]).toEqual([200, 1]);
    expect(await sessions.edit(id, (session) => session.toObject())).toEqual({ secret: "bob's" });
  });

  it("a commit finds its own insert when the store's reply was lost", async () => {
    const { store, sessions } = make();
    store.fail("create", "after");
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("n", 1));
    expect((await browser.visit((session) => session.get("n"))).result).toBe(1);
    expect(store.calls.filter((call) => call === "create")).toHaveLength(1);
    expect(await sessions.count()).toBe(1);
  });

  it("B24: a store that fails gives 503, no cookie, and leaves what was stored", async () => {
    const { store, sessions, observer } = make();
    store.fail("create", "before");
    const browser = new Browser(sessions);
    const first = await browser.visit((session) => session.set("n", 1));
    expect([first.status, first.setCookies]).toEqual([503, []]);
    expect(observer.of("store-error")).not.toHaveLength(0);
    await browser.visit((session) => session.set("n", 1));
    store.fail("replace", "before", 99);
    const second = await browser.visit((session) => session.set("n", 2));
    expect([second.status, second.setCookies]).toEqual([503, []]);
    store.fail("replace", "before", 0);
    expect((await browser.visit((session) => session.get("n"))).result).toBe(1);
  });

  it("a commit says COMMIT_UNKNOWN when the outcome cannot be known, for a session and for a new one", async () => {
    const { store, sessions } = make();
    const { id } = await sessions.issue();
    const attempt = sessions.edit(id, (session) => {
      store.fail("replace", "after", 1);
      store.fail("read", "before", 3);
      session.set("n", 1);
    });
    await expect(attempt).rejects.toMatchObject({ code: "COMMIT_UNKNOWN", status: 503 });
    store.fail("create", "after", 1);
    store.fail("read", "before", 1);
    await expect(sessions.issue()).rejects.toMatchObject({ code: "COMMIT_UNKNOWN" });
  });

  it("B25: a store that is down on load fails only those who look, and leaves the cookie alone", async () => {
    const { store, sessions } = make();
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("n", 1));
    store.fail("read", "before", 1);
    const blind = await browser.visit(() => "no session needed");
    expect([blind.status, blind.setCookies]).toEqual([200, []]);
    store.fail("read", "before", 1);
    const looking = await browser.visit((session) => session.get("n"));
    expect([looking.status, looking.setCookies]).toEqual([503, []]);
    expect((await browser.visit((session) => session.get("n"))).result).toBe(1);
  });

  it('B25: onStoreError "anonymous" reads as empty and refuses writes', async () => {
    const store = spyOn(memoryStore());
    const sessions = createSessions<Data>({ store, observer: () => undefined, onStoreError: "anonymous" });
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("n", 1));
    store.fail("read", "before", 2);
    const reading = await browser.visit((session) => [session.get("n"), session.keys(), session.userId]);
    expect([reading.status, reading.result, reading.setCookies]).toEqual([200, [undefined, [], undefined], []]);
    const writing = await browser.visit((session) => session.set("n", 2));
    expect([writing.status, writing.setCookies]).toEqual([503, []]);
  });

  it("a commit tells the observer once of an operation that was given up and failed later", async () => {
    const store = spyOn(memoryStore());
    const observer = recorder();
    const sessions = createSessions<Data>({ store, observer, storeTimeout: "20ms" });
    let fail = (_: Error): void => undefined;
    store.delay("read", () => new Promise((_, reject) => (fail = reject)));
    await expect(sessions.find("x".repeat(22))).rejects.toMatchObject({ code: "STORE_TIMEOUT" });
    fail(new Error("injected: reset"));
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(observer.of("store-error")).toHaveLength(1);
  });

  it("a commit gives up on a store that does not respond", async () => {
    const store = spyOn(memoryStore());
    const sessions = createSessions<Data>({
      store,
      observer: () => undefined,
      storeTimeout: "50ms",
      commitTimeout: "120ms",
    });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const { id } = await sessions.issue();
    store.delay("replace", () => new Promise(() => undefined));
    const outcome = expect(sessions.edit(id, (session) => session.set("n", 1))).rejects.toMatchObject({
      code: "COMMIT_UNKNOWN",
    });
    await vi.advanceTimersByTimeAsync(200);
    await outcome;
  });
});
