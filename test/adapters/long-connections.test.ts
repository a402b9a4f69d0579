import { createSessions, type SessionEvent } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import { expect, test } from "vitest";
import { Browser } from "../support/browser/visitor.ts";

// What a connection needs that outlives its request: a socket, or server-sent events.

interface Visit {
  views: number;
}

function setUp() {
  const clock = testClock();
  const sessions = createSessions<Visit>({ store: memoryStore(), clock: clock.now, idleTimeout: "1h" });
  return { clock, sessions, browser: new Browser(sessions) };
}

test("the epoch is raised by login and regenerate, and by nothing else", async () => {
  const { sessions, browser } = setUp();
  const seen: number[] = [];
  const id = await browser.visit((session) => session.set("views", 1).id).then(({ result }) => result);
  const look = async (): Promise<void> => {
    const { result } = await browser.visit((session) => session.epoch);
    expect((await sessions.find(id))?.epoch).toBe(result);
    seen.push(result);
  };
  await look();
  await browser.visit((session) => session.update("views", (views = 0) => views + 1));
  await look();
  await browser.visit((session) => session.login("ada"));
  await look();
  await browser.visit((session) => session.regenerate());
  await look();
  await sessions.edit(id, (session) => session.set("views", 7));
  await look();
  const [first = Number.NaN] = seen;
  expect(seen).toEqual([first, first, first + 1, first + 2, first + 2]);
});

test("another observer is told of events until it is taken away, and decides nothing", async () => {
  const { sessions } = setUp();
  const types: string[] = [];
  const stop = sessions.observe(({ type }: SessionEvent) => {
    types.push(type);
    throw new Error("a bug of the observer");
  });
  const { id } = await sessions.issue({ data: { views: 1 } });
  expect(await sessions.revoke(id, { anyUser: true })).toBe(true);
  expect(types).toEqual(["created", "destroyed"]);
  stop();
  await sessions.issue();
  expect(types).toHaveLength(2);
});

test.each([
  ["a change", 2],
  ["only a look", undefined],
])("the visitor's own %s by edit() moves the idle limit, and other work does not", async (_, views) => {
  const { clock, sessions } = setUp();
  const { id } = await sessions.issue({ data: { views: 1 } });
  const end = async (): Promise<number> => (await sessions.find(id))?.expiresAt.getTime() ?? 0;
  const before = await end();
  const work = (session: { set(key: "views", value: number): unknown }): void => {
    if (views !== undefined) session.set("views", views);
  };
  clock.advance("30m");
  await sessions.edit(id, work);
  expect(await end()).toBe(before);
  await sessions.edit(id, work, { touch: true });
  expect(await end()).toBe(before + 30 * 60_000);
});

test("B14: a request that writes what is there already also counts as a visit", async () => {
  const { clock, sessions, browser } = setUp();
  const write = (): Promise<string> =>
    browser.visit((session) => session.set("views", 1).id).then(({ result }) => result);
  const id = await write();
  clock.advance("50m");
  await write();
  clock.advance("50m");
  expect(await write()).toBe(id);
  expect(await sessions.count()).toBe(1);
});
