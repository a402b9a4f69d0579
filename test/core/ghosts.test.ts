import { cookie, createSessions, type SessionStore, type SessionsOptions, type Transport } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import { describe, expect, it, vi } from "vitest";
import { Browser, recorder } from "../support/browser/visitor.ts";
import { spyOn } from "../support/stores/spy.ts";

type Data = Record<string, unknown>;

function setUp(options: SessionsOptions<Data> = {}) {
  const inner = memoryStore();
  const store = spyOn(inner);
  const observer = recorder();
  const sessions = createSessions<Data>({ observer, commitTimeout: "60s", storeTimeout: "200ms", ...options, store });
  const signIn = (browser = new Browser(sessions)) => browser.visit((session) => session.login("ann"));
  const count = () => inner.count?.("session", Date.now());
  /** From now on nothing can be read, until it is told otherwise. */
  const blind = (isBlind = true) => {
    store.delay("read", isBlind ? () => Promise.reject(new Error("injected: unreachable")) : undefined);
  };
  return { store, observer, sessions, signIn, count, blind };
}

const idsOf =
  (...ids: string[]) =>
  () =>
    ids.shift() ?? "no-more-ids-than-these";

describe("a session whose token never left", () => {
  it("B74: one whose create was done, and whose reply and look-up were lost, is taken back", async () => {
    const { store, signIn, count, blind } = setUp();
    store.fail("create", "after");
    blind();
    const { status, setCookies } = await signIn();
    expect([status, setCookies]).toEqual([503, []]);
    expect(await count()).toBe(1);
    await expect.poll(() => store.calls.filter((call) => call === "read").length).toBe(3);
    blind(false);
    await expect.poll(count).toBe(0);
  });

  it("B74: it is looked for without a timer of negative duration, of which Node.js warns", async () => {
    const { store, signIn, count, blind } = setUp();
    const timers = vi.spyOn(globalThis, "setTimeout");
    store.fail("create", "after");
    blind();
    await signIn();
    blind(false);
    await expect.poll(count).toBe(0);
    expect(timers.mock.calls.filter(([, duration]) => Number(duration) < 0)).toEqual([]);
    timers.mockRestore();
  });

  it("B74: one that the store makes after it was given up is taken back", async () => {
    const { store, signIn, count } = setUp();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    store.delay("create", () => held);
    expect((await signIn()).status).toBe(503);
    expect(await count()).toBe(0);
    store.delay("create", undefined);
    release();
    await expect.poll(() => store.calls.includes("delete")).toBe(true);
    await expect.poll(count).toBe(0);
  });

  it.each(["reject", "evict-oldest"] as const)("B74: it does not count for the user: overflow %s", async (overflow) => {
    const { store, sessions, signIn, count, blind } = setUp({ maxSessionsPerUser: 2, overflow });
    const first = new Browser(sessions);
    await signIn(first);
    store.fail("create", "after");
    // Not earlier: a login begins with reads.
    store.delay("create", async () => blind());
    expect((await signIn()).status).toBe(503);
    store.delay("create", undefined);
    // A login reads, so only the deletion is still out of reach.
    store.delay("delete", () => Promise.reject(new Error("injected: unreachable")));
    blind(false);
    expect((await signIn()).status).toBe(200);
    expect(await count()).toBe(3);
    store.delay("delete", undefined);
    expect((await first.visit((session) => session.userId)).result).toBe("ann");
    await expect.poll(count).toBe(2);
    expect((await first.visit((session) => session.userId)).result).toBe("ann");
  });

  it("B161: a login whose process was paused so long that others do not count it any more is taken back", async () => {
    const clock = testClock(new Date());
    const { store, signIn, count } = setUp({ maxSessionsPerUser: 1, overflow: "reject", clock: clock.now });
    store.delay("create", async () => clock.advance("2m"));
    expect((await signIn()).status).toBe(503);
    store.delay("create", undefined);
    await expect.poll(count).toBe(0);
    expect((await signIn()).status).toBe(200);
  });

  it("B74: a login of unknown outcome on a session that was there is taken back if it happened", async () => {
    const { store, sessions, signIn, count, blind } = setUp();
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("cart", 1));
    store.fail("replace", "after");
    const answer = browser.visit((session) => {
      blind();
      session.login("ann");
    });
    expect((await answer).status).toBe(503);
    blind(false);
    await expect.poll(count).toBe(0);
    expect((await signIn(browser)).status).toBe(200);
  });

  it("B74: a login of unknown outcome that did not happen leaves the session as it was", async () => {
    const { store, sessions, blind } = setUp();
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("cart", 1));
    const answer = browser.visit((session) => {
      store.fail("replace", "before", 9);
      blind();
      session.login("ann");
    });
    expect((await answer).status).toBe(503);
    const before = store.calls.length;
    blind(false);
    await expect.poll(() => store.calls.slice(before).includes("read")).toBe(true);
    expect((await browser.visit((session) => session.get("cart"))).result).toBe(1);
  });

  it("B117: one that a client library has sent twice, and whose second answer came, is the visitor's", async () => {
    const inner = memoryStore();
    const twice: SessionStore = {
      ...inner,
      create: (...args) => {
        void inner.create(...args);
        return inner.create(...args);
      },
    };
    const sessions = createSessions<Data>({ store: twice, maxSessionsPerUser: 1, overflow: "reject" });
    const browser = new Browser(sessions);
    const { status } = await browser.visit((session) => session.login("ann"));
    expect([status, await sessions.count()]).toEqual([200, 1]);
    expect((await browser.visit((session) => session.userId)).result).toBe("ann");
  });

  it("B117: a taken id is still replaced by another, also if the record there cannot be read", async () => {
    const { store, sessions, blind } = setUp({
      generateId: idsOf("one-and-the-same-id", "one-and-the-same-id", "another-id-of-its-own"),
    });
    const { id } = await sessions.issue();
    blind();
    const second = await sessions.issue();
    blind(false);
    expect([id, second.id]).toEqual(["one-and-the-same-id", "another-id-of-its-own"]);
    await expect.poll(() => store.calls.filter((call) => call === "read").length).toBe(2);
    expect(await sessions.find(id)).toBeDefined();
  });

  it("B74: one whose token the transport could not write is taken back; the error's response says nothing of it", async () => {
    const inner = cookie();
    let broken = true;
    const transport: Transport = {
      ...inner,
      write: (...args) => {
        if (broken) throw new Error("the transport's own");
        return inner.write?.(...args) ?? [];
      },
    };
    const { sessions, signIn, count } = setUp({ transports: [transport] });
    const { status, setCookies } = await signIn();
    expect([status, setCookies]).toEqual([500, []]);
    await expect.poll(count).toBe(0);
    broken = false;
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("cart", 1));
    broken = true;
    expect((await signIn(browser)).status).toBe(500);
    await expect.poll(count).toBe(0);
  });

  it("B74: one that was saved before the handler failed is handed out with the error", async () => {
    const { sessions, count } = setUp();
    const browser = new Browser(sessions);
    const { status } = await browser.visit(async (session) => {
      session.set("cart", 1);
      await session.save();
      throw new Error("the handler's own");
    });
    expect(status).toBe(500);
    expect((await browser.visit((session) => session.get("cart"))).result).toBe(1);
    expect(await count()).toBe(1);
  });

  it("B74: close() waits for what is to be taken back, and says what it could not", async () => {
    const { store, sessions, signIn, count, blind } = setUp();
    store.fail("create", "after");
    blind();
    await signIn();
    blind(false);
    await sessions.close();
    expect(await count()).toBe(0);
    const other = setUp();
    other.store.fail("create", "after");
    other.blind();
    await other.signIn();
    await other.sessions.close();
    expect(other.observer.of("warning")).toMatchObject([{ code: "SESSION_LEFT_BEHIND" }]);
  });
});
