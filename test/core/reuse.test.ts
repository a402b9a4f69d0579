import { createSessions, type SessionsOptions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import { describe, expect, it } from "vitest";
import { fromRecord } from "../../src/core/record/record.ts";
import { Browser, recorder } from "../support/browser/visitor.ts";
import { ownTime } from "../support/own-time.ts";
import { spyOn } from "../support/stores/spy.ts";

type Data = Record<string, unknown>;

async function setUp(options: SessionsOptions<Data> = {}) {
  const clock = testClock();
  const observer = recorder();
  const inner = memoryStore();
  const store = spyOn(inner);
  const sessions = createSessions<Data>({
    ...{ clock: clock.now, observer, rotateAfter: "1h", rotationGrace: "30s", idleTimeout: "10d" },
    ...options,
    store,
  });
  const browser = new Browser(sessions);
  await browser.visit((session) => session.login("ann"));
  const [id = ""] = browser.token.split(".");
  const look = (one: Browser<Data>) => one.visit((session) => session.userId);
  const control = async () => fromRecord((await inner.read({ namespace: "session", id }, clock.now()))!).control;
  return { clock, observer, store, sessions, browser, id, look, control };
}

describe("the successor of a secret", () => {
  it("B101: the successor of a secret is handed to a client that lost the response, until a client presents it", async () => {
    ownTime();
    const { clock, browser, look, store, control } = await setUp();
    const [lost, late] = [browser.copy(), browser.copy()];
    clock.advance("1h");
    await look(browser);
    expect((await look(lost)).setCookies).toHaveLength(1);
    expect(lost.token).toBe(browser.token);
    expect((await control()).nonce).toBeDefined();

    // A request that only reads: it is seen all the same, once.
    store.calls.length = 0;
    await look(browser);
    await look(browser);
    expect(store.calls).toEqual(["read", "replace", "read"]);
    expect((await control()).nonce).toBeUndefined();

    // What was under way with the old one is still served, and gets no token any more.
    const { result, setCookies } = await look(late);
    expect([result, setCookies]).toEqual(["ann", []]);
    await late.visit((session) => session.set("n", 1));
    expect((await browser.visit((session) => session.get("n"))).result).toBe(1);
  });

  it("B101: a failure to note it fails no request", async () => {
    const { clock, browser, look, store } = await setUp();
    clock.advance("1h");
    await look(browser);
    store.fail("replace", "before", 9);
    expect((await look(browser)).status).toBe(200);
  });

  it("B101: its nonce goes with the next write after the grace, whoever writes", async () => {
    const { clock, browser, look, sessions, id, control } = await setUp();
    clock.advance("1h");
    await look(browser);
    clock.advance("29s");
    await sessions.edit(id, (session) => session.set("n", 1));
    expect((await control()).nonce).toBeDefined();
    clock.advance("1s");
    await sessions.edit(id, (session) => session.set("n", 2));
    expect((await control()).nonce).toBeUndefined();
    expect((await look(browser)).result).toBe("ann");
  });
});

describe("a secret that comes back after its end", () => {
  it("B102: a secret that comes back after its end ends the session, also for its owner, and the observer is told both times", async () => {
    const { clock, browser, look, sessions, observer, id } = await setUp();
    const thief = browser.copy();
    clock.advance("1h");
    await look(browser);
    const endedAt = new Date(clock.now() + 30_000);
    clock.advance("10h");
    const usedAt = new Date(clock.now());
    observer.events.length = 0;
    expect((await look(thief)).result).toBeUndefined();
    expect(observer.events).toEqual([
      { name: "session", type: "refused", reason: "grace-ended", id, anomaly: true },
      { name: "session", type: "reuse", id, userId: "ann", endedAt, usedAt },
      { name: "session", type: "destroyed", id },
    ]);
    expect((await look(browser)).result).toBeUndefined();
    expect(await sessions.count()).toBe(0);
  });

  it('B102: with onReuse: "report" it opens nothing and is reported, and the owner stays', async () => {
    const { clock, browser, look, observer } = await setUp({ onReuse: "report" });
    const thief = browser.copy();
    clock.advance("1h");
    await look(browser);
    clock.advance("10h");
    expect((await look(thief)).result).toBeUndefined();
    expect(observer.of("reuse")).toHaveLength(1);
    expect((await look(browser)).result).toBe("ann");
  });

  it.each(["login", "regenerate"] as const)(
    "B102: %s: within a minute it may be a request under way, after that it is not",
    async (by) => {
      const { clock, browser, look, observer } = await setUp({ rotateAfter: undefined });
      const old = browser.copy();
      await browser.visit((session) => (by === "login" ? session.login("ann") : session.regenerate()));
      clock.advance("59s");
      expect((await look(old)).result).toBeUndefined();
      expect((await look(browser)).result).toBe("ann");
      expect(observer.of("reuse")).toEqual([]);
      clock.advance("1s");
      await look(old);
      expect(observer.of("refused").at(-1)).toMatchObject({ reason: "superseded", anomaly: true });
      expect(observer.of("reuse")).toHaveLength(1);
      expect((await look(browser)).result).toBeUndefined();
    },
  );

  it("B102: the last eight are known until the absolute limit, over rotations and logins", async () => {
    const { clock, browser, look, observer, control } = await setUp({ absoluteTimeout: "30d" });
    const stolen: Browser<Data>[] = [];
    for (let i = 0; i < 10; i++) {
      stolen.push(browser.copy());
      clock.advance("2h");
      if (i % 3 === 2) await browser.visit((session) => session.regenerate());
      else await look(browser);
      await look(browser);
    }
    const { retired = [], previous } = await control();
    expect(retired.length).toBe(8);
    expect(previous === undefined || previous.hash.length === 43).toBe(true);
    clock.advance("5d");
    await look(browser);
    await look(stolen[0]!);
    expect(observer.of("refused").at(-1)).toMatchObject({ reason: "wrong-secret", anomaly: false });
    expect((await look(browser)).result).toBe("ann");
    await look(stolen[2]!);
    expect(observer.of("reuse")).toHaveLength(1);
    expect((await look(browser)).result).toBeUndefined();
  });

  it("B102: beside a token that opens the session it is an old cookie of the same browser, and ends nothing", async () => {
    const { clock, browser, look, observer } = await setUp();
    const old = browser.token;
    clock.advance("1h");
    await look(browser);
    clock.advance("1h");
    for (const tokens of [
      [old, browser.token],
      [browser.token, old],
    ]) {
      const cookie = tokens.map((token) => `session=${token}`).join("; ");
      expect((await browser.visit((session) => session.userId, { headers: { cookie } })).result).toBe("ann");
    }
    expect(observer.of("reuse")).toEqual([]);
    expect((await look(browser)).result).toBe("ann");
  });

  it("B102: where the store cannot end the session, the request fails and the next one ends it", async () => {
    const { clock, browser, look, store } = await setUp();
    const thief = browser.copy();
    clock.advance("1h");
    await look(browser);
    clock.advance("1h");
    store.fail("delete", "before");
    expect((await look(thief)).status).toBe(503);
    await look(thief);
    expect((await look(browser)).result).toBeUndefined();
  });

  it("B102: an unknown word for onReuse is refused", () => {
    expect(() => createSessions({ store: memoryStore(), onReuse: "log" as never })).toThrow(/onReuse must be one of/);
  });
});
