import { createSessions, type SessionsOptions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import { describe, expect, it } from "vitest";
import { Browser, recorder } from "../support/browser/visitor.ts";
import { spyOn } from "../support/stores/spy.ts";

type Data = Record<string, unknown>;
type Options = Omit<SessionsOptions<Data>, "schema" | "store">;

async function setUp(limits: Options = { idleTimeout: false, absoluteTimeout: false }) {
  const clock = testClock();
  const inner = memoryStore();
  const store = spyOn(inner);
  const observer = recorder();
  const manager = (options: Options) =>
    createSessions<Data>({ pruneInterval: false, clock: clock.now, observer, ...options, store });
  const signIn = async (sessions: ReturnType<typeof manager>, user = "ann") => {
    const browser = new Browser(sessions);
    const { status } = await browser.visit((session) => session.login(user));
    clock.advance("1s");
    return { browser, status };
  };
  const records = () => inner.count?.("session", 0);
  const before = manager(limits);
  // As each process does within minutes: then the store knows these limits.
  await before.prune();
  return { clock, store, observer, manager, signIn, records, before };
}

describe("limits that are introduced or lowered", () => {
  it.each(["reject", "evict-oldest"] as const)(
    "B97: what they ended counts for no user: overflow %s",
    async (overflow) => {
      const { clock, before, manager, signIn, observer } = await setUp();
      for (let i = 0; i < 2; i++) await signIn(before);
      clock.advance("2d");
      const sessions = manager({ maxSessionsPerUser: 2, overflow });
      const [first, second] = [await signIn(sessions), await signIn(sessions)];
      expect([first.status, second.status]).toEqual([200, 200]);
      expect((await sessions.list({ userId: "ann" })).sessions).toHaveLength(2);
      expect(observer.of("evicted")).toEqual([]);
      expect((await first.browser.visit((session) => session.userId)).result).toBe("ann");
    },
  );

  it("B97: what they ended is counted no more, and prune deletes it", async () => {
    const { clock, before, manager, signIn, records } = await setUp();
    for (let i = 0; i < 3; i++) await signIn(before);
    await before.issue();
    clock.advance("2d");
    await before.issue();
    const sessions = manager({ idleTimeout: "1d" });
    expect(await sessions.count()).toBe(1);
    expect(await sessions.prune()).toBe(4);
    expect(await records()).toBe(1);
    clock.advance("1d");
    expect(await sessions.count()).toBe(0);
    expect(await sessions.prune()).toBe(1);
  });

  it("B97: what they have not ended yet is counted and pruned by them later", async () => {
    const { clock, before, manager, signIn } = await setUp();
    const { browser } = await signIn(before);
    await signIn(before);
    const sessions = manager({ idleTimeout: "1d" });
    expect([await sessions.count(), await sessions.prune()]).toEqual([2, 0]);
    clock.advance("12h");
    const known = new Browser(sessions);
    for (const [name, value] of browser.cookies) known.cookies.set(name, value);
    expect((await known.visit((session) => session.userId)).result).toBe("ann");
    clock.advance("12h");
    expect([await sessions.count(), await sessions.prune()]).toEqual([1, 1]);
  });

  it("B97: revokeAll deletes what they ended, and does not call it a session", async () => {
    const { clock, before, manager, signIn, records } = await setUp();
    await signIn(before);
    clock.advance("2d");
    const sessions = manager({ idleTimeout: "1d" });
    await signIn(sessions);
    expect(await sessions.revokeAll("ann")).toBe(1);
    expect(await records()).toBe(0);
  });

  it("B97: every session is looked at once after a change of limits, and not by each process again", async () => {
    const { manager, before, store, clock, signIn } = await setUp();
    for (let i = 0; i < 3; i++) await signIn(before);
    const listed = () => store.calls.filter((call) => call === "list").length;
    const options = { idleTimeout: "1d" } as const;
    const sessions = manager(options);
    await sessions.count();
    expect(listed()).toBe(1);
    for (const one of [sessions, manager(options), manager(options)]) for (let i = 0; i < 2; i++) await one.count();
    await manager(options).prune();
    expect(listed()).toBe(1);
    // Longer limits end nothing, so there is nothing to look for.
    await manager({ idleTimeout: "2d" }).count();
    expect(listed()).toBe(1);
    await manager(options).count();
    expect(listed()).toBe(2);
    clock.advance("1d");
    expect(await sessions.count()).toBe(0);
  });

  it("B97: a session that is used while it is looked at keeps its later deadline", async () => {
    const { manager, before, store, clock, signIn } = await setUp();
    const { browser } = await signIn(before);
    clock.advance("12h");
    const sessions = manager({ idleTimeout: "1d" });
    const known = new Browser(sessions);
    for (const [name, value] of browser.cookies) known.cookies.set(name, value);
    store.delay("touch", async () => {
      store.delay("touch", undefined);
      await known.visit((session) => session.set("n", 1));
    });
    await sessions.count();
    clock.advance("23h");
    expect([await sessions.count(), (await known.visit((session) => session.userId)).result]).toEqual([1, "ann"]);
  });

  it("B97: where the store fails meanwhile, the next call begins again", async () => {
    const { manager, before, store, clock, signIn } = await setUp();
    await signIn(before);
    clock.advance("2d");
    const sessions = manager({ idleTimeout: "1d" });
    store.fail("touch", "before");
    await expect(sessions.count()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(await sessions.count()).toBe(0);
  });

  it("B97: the pruner does it by itself, also on a store that expires its own records", async () => {
    const { manager, before, store, clock, signIn, records } = await setUp();
    const { prune: _, ...rest } = store;
    await signIn(before);
    clock.advance("2d");
    const sessions = createSessions<Data>({ idleTimeout: "1d", clock: clock.now, pruneInterval: "5ms", store: rest });
    await new Browser(sessions).visit((session) => session.set("n", 1));
    await expect.poll(() => store.calls).toContain("touch");
    await sessions.close();
    expect(await store.count?.("session", clock.now())).toBe(1);
    expect(await manager({ idleTimeout: "1d" }).prune()).toBe(1);
    expect(await records()).toBe(1);
  });
});
