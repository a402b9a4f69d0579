import { describe, expect, test } from "vitest";
import type { Browser } from "../support/browser/visitor.ts";
import { type Data, setUp, signed, who } from "../support/legacy/rows.ts";

type SetUp = ReturnType<typeof setUp>;

describe("B132: an old cookie signs in no more, though its row is there again, after", () => {
  const idOf = (browser: Browser<Data>): string => browser.cookies.get("session")?.split(".")[0] ?? "";
  const endings: [string, (ada: Browser<Data>, all: SetUp) => unknown][] = [
    ["a logout", (ada) => ada.visit((session) => session.destroy())],
    ["a logout at another process", (ada, { at, other }) => at(other, ada).visit((session) => session.destroy())],
    ["revoke()", (ada, { sessions }) => sessions.revoke(idOf(ada), { anyUser: true })],
    ["revokeAll()", (_, { sessions }) => sessions.revokeAll("ada")],
    ["destroyAll()", (_, { other }) => other.destroyAll()],
    ["the idle limit", (_, { clock }) => clock.advance("25h")],
    [
      "the idle limit and prune()",
      async (_, { clock, sessions }) => {
        clock.advance("25h");
        await sessions.prune();
      },
    ],
    [
      "a token that came back too late",
      async (ada, { clock }) => {
        const thief = ada.copy();
        await ada.visit((session) => session.login("ada"));
        clock.advance("5m");
        await thief.visit((session) => session.userId);
        expect(await who(ada)).toBeUndefined();
      },
    ],
  ];
  test.each(endings)("B132: %s", async (_, end) => {
    const all = setUp();
    const { visitor, old, sessions, other, at } = all;
    const ada = visitor("ada", { maxAge: 7 * 86_400_000 });
    const copy = ada.copy();
    const rows = new Map(old.rows);
    expect(await who(ada)).toBe("ada");
    await ada.visit((session) => session.set("seen", true));
    await end(ada, all);
    for (const manager of [sessions, other]) {
      for (const [sid, row] of rows) old.rows.set(sid, row);
      expect(await who(at(manager, copy))).toBeUndefined();
    }
    expect(await sessions.list({ userId: "ada" })).toEqual({ sessions: [] });
  });
});

test("B132: a logout without a session of ours ends the old one, too", async () => {
  const { visitor, sessions, old } = setUp({ maxSessionsPerUser: 1, overflow: "reject" });
  const first = visitor("ada");
  const second = visitor("ada");
  const rows = new Map(old.rows);
  expect(await who(first)).toBe("ada");
  const copy = second.copy();
  // Too many: a visitor, who logs out all the same.
  await second.visit((session) => session.destroy());
  expect([...second.cookies.keys()]).toEqual([]);
  await sessions.revokeAll("ada", { except: "none" });
  for (const [sid, row] of rows) old.rows.set(sid, row);
  expect(await who(copy)).toBeUndefined();
});

test("B132: an old cookie that comes in parallel neither ends a login nor opens it", async () => {
  const { visitor, clock } = setUp();
  const ada = visitor("ada");
  const copy = ada.copy();
  await ada.visit((session) => session.login("bob"));
  for (const wait of ["1ms", "30s", "5m"] as const) {
    clock.advance(wait);
    await copy.copy().visit((session) => session.destroy());
    expect(await who(copy.copy())).toBeUndefined();
    const writing = await copy.copy().visit((session) => session.set("late", true));
    expect(writing.setCookies.some((line) => line.includes(ada.cookies.get("session") ?? "none"))).toBe(false);
    expect(await who(ada)).toBe("bob");
  }
});

test("B132: who logs out while another process has read the old row, stays out", async () => {
  const { visitor, store, at, other, sessions } = setUp();
  const ada = visitor("ada");
  const slow = at(other, ada);
  const late = ada.copy();
  // The slow one has read the row, and makes its record when all is over.
  store.delay("create", async () => {
    store.delay("create", undefined);
    expect(await who(ada)).toBe("ada");
    await ada.visit((session) => session.destroy());
    store.delay("delete", async () => {
      store.delay("delete", undefined);
      // Its record is there now, with no right to be.
      expect(await who(late.copy())).toBeUndefined();
    });
  });
  expect(await who(slow)).toBeUndefined();
  await expect.poll(() => sessions.count(), { timeout: 60_000 }).toBe(0);
  expect(await who(late)).toBeUndefined();
});

test("B132: who logs out of the old application while the takeover has read the row, stays out", async () => {
  const { visitor, store, old, sessions, refusals } = setUp();
  const ada = visitor("ada");
  const copy = ada.copy();
  store.delay("create", async () => {
    store.delay("create", undefined);
    old.rows.clear();
  });
  expect(await who(ada)).toBeUndefined();
  expect(refusals()).toEqual(["superseded"]);
  await expect.poll(() => sessions.count(), { timeout: 60_000 }).toBe(0);
  expect(await who(copy)).toBeUndefined();
});

test("B132: an old session that becomes another user's while the takeover has read it, becomes nobody's", async () => {
  const { visitor, store, old, sessions } = setUp();
  const ada = visitor("ada");
  store.delay("create", async () => {
    store.delay("create", undefined);
    old.put(ada.sid, { user: "bob" });
  });
  expect(await who(ada.copy())).toBeUndefined();
  expect(await who(ada)).toBeUndefined();
  await expect.poll(() => sessions.count(), { timeout: 60_000 }).toBe(0);
});

test("B132: without its note a takeover gives nobody a session, and the next request finishes it", async () => {
  const { visitor, store, old, observer } = setUp();
  const ada = visitor("ada");
  const copy = ada.copy();
  const rows = new Map(old.rows);
  let creates = 0;
  store.delay("create", async () => {
    if (++creates === 2) throw new Error("injected: down");
  });
  const first = await ada.visit((session) => session.userId);
  expect([first.status, first.setCookies, old.rows.size]).toEqual([503, [], 1]);
  expect(await who(ada)).toBe("ada");
  expect([observer.of("imported").length, old.rows.size]).toEqual([1, 0]);
  await ada.visit((session) => session.destroy());
  for (const [sid, row] of rows) old.rows.set(sid, row);
  expect(await who(copy)).toBeUndefined();
});

test("B132: without its note a logout fails, and nobody is signed out", async () => {
  const { visitor, store, old } = setUp();
  const ada = visitor("ada");
  expect(await who(ada)).toBe("ada");
  const unmoved = visitor("bob");
  ada.cookies.set("connect.sid", unmoved.cookies.get("connect.sid") ?? "");
  store.fail("create", "before");
  expect((await ada.visit((session) => session.destroy())).status).toBe(503);
  expect([await who(ada), old.rows.size]).toEqual(["ada", 1]);
  await ada.visit((session) => session.destroy());
  expect([old.rows.size, ada.cookies.size]).toEqual([0, 0]);
  expect(await who(unmoved)).toBeUndefined();
});

test.each<[string, number, "29d" | "732h" | "300d"]>([
  ["the option's lifetime", 3_600_000, "29d"],
  ["after an old server was just saving it", 3_600_000, "732h"],
  ["the row's own", 365 * 86_400_000, "300d"],
])("B132: what has become of an old session is known for as long as it could live: %s", async (_, maxAge, later) => {
  const { visitor, clock, old, sessions, other, at } = setUp();
  const ada = visitor("ada", { maxAge });
  const bob = visitor("bob", { maxAge });
  const copies = [ada.copy(), bob.copy()];
  const rows = new Map(old.rows);
  expect(await who(ada)).toBe("ada");
  await ada.visit((session) => session.destroy());
  // Ended before it became ours.
  await ada.visit((session) => session.login("ada"));
  ada.cookies.set("connect.sid", bob.cookies.get("connect.sid") ?? "");
  await ada.visit((session) => session.destroy());
  clock.advance(later);
  await sessions.prune();
  for (const [sid, row] of rows) old.rows.set(sid, row);
  for (const copy of copies) expect(await who(at(other, copy))).toBeUndefined();
});

test("B132: the secret of a token depends on the key that signed the old cookie", async () => {
  const tokens = new Set<string | undefined>();
  for (const key of ["one", "two"]) {
    const { old, sessions, at, visitor } = setUp({}, { secret: [key, "other"] });
    const ada = visitor("ada");
    old.put("same-id", { user: "ada" });
    ada.cookies.set("connect.sid", signed("same-id", key));
    expect(await who(ada)).toBe("ada");
    tokens.add(ada.cookies.get("session")?.split(".")[0]);
    expect(at(sessions, ada).cookies.has("connect.sid")).toBe(false);
  }
  expect(tokens.size).toBe(2);
});
