import { createSessions, type Session, type SessionStore } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import { describe, expect, it } from "vitest";
import { Browser } from "../support/browser/visitor.ts";
import { ownTime } from "../support/own-time.ts";
import { spyOn } from "../support/stores/spy.ts";

type Data = Record<string, unknown>;

/** A visitor with a session that `ann` is signed in to, whose clock has gone on so that every write moves the lease. */
async function setUp(store: SessionStore = memoryStore()) {
  const clock = testClock();
  const spy = spyOn(store);
  const options = { clock: clock.now, observer: () => undefined, rotateAfter: "1h", maxSessionsPerUser: 9 } as const;
  const sessions = createSessions<Data>({ store: spy, ...options });
  /** Another process on the same store. */
  const others = createSessions<Data>({ store, ...options });
  const browser = new Browser(sessions);
  await browser.visit((session) => session.login("ann"));
  clock.advance("2m");
  return { browser, clock, sessions, others, store: spy };
}
type World = Awaited<ReturnType<typeof setUp>>;

const increment = (now: unknown): number => Number(now ?? 0) + 1;

const firsts: Record<string, (session: Session<Data>, world: World) => unknown> = {
  "update()": (session) => session.update("n", increment),
  "set() and save()": (session) => {
    session.set("n", 1);
    return session.save();
  },
  "take()": (session) => session.take("nothing"),
  "the read in grace": (session) => session.get("n"),
  "a scheduled rotation by save()": (session, { clock }) => {
    clock.advance("59m");
    session.set("n", 1);
    return session.save();
  },
};

/** What happens while the slow request works; the visitor's jar has its outcome when it is over. */
const elsewhere: Record<string, (world: World) => Promise<unknown>> = {
  "a login": ({ browser }) => browser.visit((session) => session.login("bob")),
  "a login of the same user": ({ browser }) => browser.visit((session) => session.login("ann")),
  "a regenerate": ({ browser }) => browser.visit((session) => session.regenerate()),
  "a scheduled rotation": async ({ browser, clock }) => {
    // With the token of today, within the grace of the one before.
    await browser.visit((session) => session.get("n"));
    clock.advance("61m");
    return browser.visit((session) => session.set("rotated", true));
  },
  "a logout": ({ browser }) => browser.visit((session) => session.destroy()),
};

const outcomes: Record<string, (session: Session<Data>) => unknown> = {
  200: () => undefined,
  "200 after a write": (session) => session.set("late", true),
  "200 after a write of what was there": (session) => session.set("n", session.get("n")),
  "200 after a refused update": (session) => session.update("n", increment).catch(() => undefined),
  500: () => {
    throw new Error("the handler's own");
  },
};

describe("a response that leaves late", () => {
  for (const [first, begin] of Object.entries(firsts))
    for (const [other, happens] of Object.entries(elsewhere))
      for (const [outcome, finish] of Object.entries(outcomes))
        for (const place of ["this process", "another process"] as const)
          it(`B73: ${first}, then ${other} in ${place}, then ${outcome}: the visitor keeps the newest token`, async () => {
            const time = ownTime();
            const world = await setUp();
            const { browser, sessions, clock } = world;
            if (first === "the read in grace") {
              clock.advance("1h");
              await browser.copy().visit((session) => session.set("rotated", true));
            }
            const elsewhere = new Browser(place === "this process" ? sessions : world.others);
            for (const [name, value] of browser.cookies) elsewhere.cookies.set(name, value);
            let newest = "";
            await browser.visit(async (session) => {
              await begin(session, world);
              if (place === "another process") time.spend(30);
              await happens({ ...world, browser: elsewhere });
              newest = elsewhere.token;
              browser.cookies.clear();
              for (const [name, value] of elsewhere.cookies) browser.cookies.set(name, value);
              await finish(session);
            });
            if (newest !== "") expect(browser.token).toBe(newest);
            const after = await browser.visit((session) => [session.isNew, session.userId]);
            const isOver = other === "a logout";
            expect(after.result).toEqual([isOver, isOver ? undefined : other === "a login" ? "bob" : "ann"]);
          });

  it("B73: a response right after its write calls no store, and a late one calls it once", async () => {
    const time = ownTime();
    const { browser, store, clock } = await setUp();
    const calls = async (work: (session: Session<Data>) => unknown) => {
      clock.advance("2m");
      const before = store.calls.length;
      const { setCookies } = await browser.visit(work);
      expect(setCookies).toHaveLength(1);
      return store.calls.slice(before);
    };
    expect(await calls((session) => session.set("n", 1))).toEqual(["read", "replace"]);
    expect(await calls(() => undefined)).toEqual(["read", "touch"]);
    const late = await calls(async (session) => {
      await session.update("n", increment);
      time.spend(30);
    });
    expect(late).toEqual(["read", "replace", "read"]);
  });

  it("B73: where the store cannot tell, a token that the client does not have is sent, and one that it has is not", async () => {
    const time = ownTime();
    const { browser, store } = await setUp();
    const late = async (work: (session: Session<Data>) => unknown) => {
      const { setCookies } = await browser.visit(async (session) => {
        await work(session);
        await session.save();
        time.spend(30);
        store.fail("read", "before");
      });
      return setCookies.length;
    };
    expect(await late((session) => session.set("n", 1))).toBe(0);
    expect(await late((session) => session.regenerate())).toBe(1);
    expect((await browser.visit((session) => session.userId)).result).toBe("ann");
  });
});
