import { createSessions, type Session, type SessionsOptions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import { describe, expect, it } from "vitest";
import { Browser } from "../support/browser/visitor.ts";
import { spyOn } from "../support/stores/spy.ts";

interface Data {
  n?: number | undefined;
}
type Work = (session: Session<Data>) => unknown;

const minute = 60_000;
const day = 24 * 60 * minute;

function setUp(options: SessionsOptions<Data> = {}) {
  const clock = testClock();
  const inner = memoryStore();
  const store = spyOn(inner);
  const { schema: _, ...rest } = options;
  const sessions = createSessions<Data>({
    clock: clock.now,
    idleTimeout: "1h",
    absoluteTimeout: "30d",
    ...rest,
    store,
  });
  const browser = new Browser(sessions);
  /** How long the session lives from now on, without a request and in use. */
  const left = async () => {
    const { result } = await browser.visit((session) => [session.idleExpiresAt, session.absoluteExpiresAt]);
    return result.map((time) => time && time.getTime() - clock.now());
  };
  return { clock, inner, store, sessions, browser, left };
}

describe("limits of one session", () => {
  it.each<[string, Work[], number]>([
    ["remember() after expireAfter()", [(s) => s.expireAfter({ idle: "5m" }), (s) => s.remember("14d")], 14 * day],
    ["expireAfter() after remember()", [(s) => s.remember("14d"), (s) => s.expireAfter({ idle: "5m" })], 5 * minute],
    ["remember(true) after a length", [(s) => s.remember("14d"), (s) => s.remember(true)], 60 * minute],
    [
      "remember(true), which sets no length",
      [(s) => s.expireAfter({ idle: "5m" }), (s) => s.remember(true)],
      5 * minute,
    ],
    [
      '"default" after a length',
      [(s) => s.expireAfter({ idle: "5m" }), (s) => s.expireAfter({ idle: "default" })],
      60 * minute,
    ],
    ['"default" after remember()', [(s) => s.remember("14d"), (s) => s.expireAfter({ idle: "default" })], 60 * minute],
    [
      "one that says nothing of it",
      [(s) => s.expireAfter({ idle: "5m" }), (s) => s.expireAfter({ idle: undefined })],
      5 * minute,
    ],
  ])("B98: of two calls about the idle limit the last one holds: %s", async (_, [first, second], expected) => {
    for (const together of [false, true]) {
      const { browser, left } = setUp();
      await browser.visit((session) => session.login("ann"));
      if (together) await browser.visit((session) => [first?.(session), second?.(session)]);
      else for (const work of [first!, second!]) await browser.visit(work);
      expect((await left())[0]).toBe(expected);
    }
  });

  it('B98: the absolute limit goes back to the manager\'s with "default", counted from the login', async () => {
    const { browser, clock, left } = setUp();
    await browser.visit((session) => session.login("ann"));
    clock.advance("10m");
    await browser.visit((session) => session.expireAfter({ absolute: "15m" }));
    expect((await left())[1]).toBe(15 * minute);
    await browser.visit((session) => session.expireAfter({ absolute: "default" }));
    expect((await left())[1]).toBe(30 * day - 10 * minute);
  });

  it("B98: a login keeps what remember() and expireAfter() set, and restarts the absolute limit", async () => {
    const { browser, clock, left } = setUp();
    await browser.visit((session) => session.login("ann"));
    await browser.visit((session) => session.expireAfter({ idle: "5m", absolute: "15m" }));
    clock.advance("4m");
    await browser.visit((session) => session.login("ann"));
    expect(await left()).toEqual([5 * minute, 15 * minute]);
    await browser.visit((session) => session.remember("10m"));
    await browser.visit((session) => session.login("ann"));
    expect(await left()).toEqual([10 * minute, 15 * minute]);
  });

  it("B98: a wrong limit is refused with the words that are allowed", async () => {
    const { browser } = setUp();
    const { response } = await browser.visit((session) => session.expireAfter({ idle: "standard" as never }));
    expect(await response.text()).toMatch(/INVALID_OPTION.*expireAfter\(\)\.idle.*"default"/);
  });
});

describe("a wish that changes nothing", () => {
  it.each<[string, Work]>([
    ["clear()", (session) => session.clear()],
    ["expireAfter({})", (session) => session.expireAfter({})],
    [
      'expireAfter({ idle: "default", absolute: "default" })',
      (s) => s.expireAfter({ idle: "default", absolute: "default" }),
    ],
    ["setCookieAttributes({})", (session) => session.setCookieAttributes({})],
    ["remember(true), the default", (session) => session.remember(true)],
    ["set and delete", (session) => session.set("n", 1).delete("n")],
    ["set and clear", (session) => session.set("n", 1).clear()],
    ["clear and save", (session) => [session.clear(), session.save()]],
    ["remember(false) and back", (session) => [session.remember(false), session.remember(true)]],
    ["regenerate()", (session) => session.regenerate()],
  ])("B99: of a stranger makes no record and no cookie: %s", async (_, work) => {
    const { browser, store } = setUp();
    const { setCookies, status } = await browser.visit(work);
    expect([status, setCookies, store.calls]).toEqual([200, [], []]);
  });

  it("B99: with defaults of a schema neither, and what is set afterwards is stored", async () => {
    const { browser, store } = setUp({
      schema: {
        "~standard": {
          version: 1,
          vendor: "test",
          validate: (value: unknown) => ({ value: { n: 0, ...Object(value) } }),
        },
      },
    } as never);
    await browser.visit((session) => session.clear());
    expect(store.calls).toEqual([]);
    const { setCookies } = await browser.visit(async (session) => {
      session.clear();
      await session.save();
      session.set("n", 2);
    });
    expect(setCookies).toHaveLength(1);
    expect((await browser.visit((session) => session.get("n"))).result).toBe(2);
  });

  it("B99: one that changes something makes both", async () => {
    for (const work of [
      (session) => session.remember(false),
      (session) => session.expireAfter({ idle: "5m" }),
      (session) => session.setCookieAttributes({ sameSite: "strict" }),
      (session) => [session.clear(), session.set("n", 1)],
    ] satisfies Work[]) {
      const { browser, inner } = setUp();
      expect((await browser.visit(work)).setCookies).toHaveLength(1);
      expect(await inner.count?.("session", 0)).toBe(1);
    }
    const { browser, inner } = setUp({ remember: false });
    await browser.visit((session) => session.remember(true));
    expect(await inner.count?.("session", 0)).toBe(1);
  });

  it("B99: what a session already has is not written again", async () => {
    const { browser, store } = setUp();
    await browser.visit((session) => session.expireAfter({ idle: "5m" }));
    for (const work of [
      (session) => session.clear(),
      (session) => session.expireAfter({}),
      (session) => session.expireAfter({ idle: "5m" }),
      (session) => session.expireAfter({ absolute: "default" }),
      (session) => session.setCookieAttributes({}),
    ] satisfies Work[]) {
      store.calls.length = 0;
      await browser.visit(work);
      expect(store.calls).toEqual(["read"]);
    }
  });
});
