import { describe, expect, test } from "vitest";
import { Browser } from "../support/browser/visitor.ts";
import { type Data, setUp, signed, who } from "../support/legacy/rows.ts";

const expiryOf = (lines: readonly string[]): string[] => lines.filter((line) => line.startsWith("connect.sid=;"));

describe("B136: an old cookie that is of no more use is expired", () => {
  test("B136: at a login, also beside a session of ours", async () => {
    const { visitor, sessions, old, clock } = setUp();
    const planted = visitor("mallory", { maxAge: 90 * 86_400_000 });
    const bob = new Browser<Data>(sessions);
    await bob.visit((session) => session.login("bob"));
    bob.cookies.set("connect.sid", planted.cookies.get("connect.sid") ?? "");
    const { setCookies } = await bob.visit((session) => session.login("bob"));
    expect(expiryOf(setCookies)).toHaveLength(1);
    expect([await who(bob), bob.cookies.has("connect.sid"), old.rows.size]).toEqual(["bob", false, 1]);
    clock.advance("25h");
    expect(await who(bob)).toBeUndefined();
  });

  test("B136: not at a login that fails, and not if nobody of ours has signed it", async () => {
    const { visitor, sessions } = setUp();
    const bob = new Browser<Data>(sessions);
    bob.cookies.set("connect.sid", signed("another application's", "another secret"));
    expect(expiryOf((await bob.visit((session) => session.login("bob"))).setCookies)).toEqual([]);
    const ada = visitor("ada");
    bob.cookies.set("connect.sid", ada.cookies.get("connect.sid") ?? "");
    const failed = await bob.visit((session) => {
      session.login("bob");
      throw new Error("injected");
    });
    expect([failed.status, expiryOf(failed.setCookies)]).toEqual([500, []]);
  });

  test("B136: where its session has ended, and not asked for again", async () => {
    const { visitor, store, old, refusals } = setUp();
    const ada = visitor("ada");
    const copy = ada.copy();
    await who(ada);
    await ada.visit((session) => session.destroy());
    const { setCookies, response } = await copy.visit(() => undefined);
    expect([expiryOf(setCookies).length, copy.cookies.size]).toEqual([1, 0]);
    expect(response.headers.get("cache-control")).toContain("private");
    expect(refusals()).toEqual(["superseded"]);
    store.calls.length = 0;
    old.calls.length = 0;
    await copy.visit((session) => session.userId);
    expect([store.calls, old.calls]).toEqual([[], []]);
  });

  test("B136: not where its row is missing, for which our store is asked three times, and the old one once", async () => {
    const { visitor, store, old, refusals } = setUp();
    const ada = visitor("ada");
    old.rows.clear();
    expect(await who(ada.copy())).toBeUndefined();
    store.calls.length = 0;
    old.calls.length = 0;
    const { setCookies } = await ada.visit((session) => session.userId);
    // The note and the record; then the note again, for somebody else may have taken the session over in the meantime.
    expect([store.calls, old.calls, setCookies]).toEqual([["read", "read", "read"], ["get"], []]);
    expect(refusals()).toEqual(["unknown", "unknown"]);
  });
});

describe("B134: of several old cookies", () => {
  test("B134: a live one opens its session behind one that a login has replaced", async () => {
    const { visitor, sessions } = setUp();
    const [ada, bob] = [visitor("ada"), visitor("bob")];
    const replaced = ada.cookies.get("connect.sid");
    await ada.visit((session) => session.login("ada"));
    const both = new Browser<Data>(sessions);
    const cookie = `connect.sid=${replaced}; connect.sid=${bob.cookies.get("connect.sid")}`;
    expect((await both.visit((session) => session.userId, { headers: { cookie } })).result).toBe("bob");
    // Without it, this is a visitor who writes nothing.
    both.cookies.clear();
    const alone = await both.visit((session) => session.userId, { headers: { cookie: `connect.sid=${replaced}` } });
    expect([alone.result, alone.setCookies]).toEqual([undefined, []]);
  });
});

test("B136: an old cookie of the same name as ours is replaced by it, and gone after a logout", async () => {
  const { visitor, sessions } = setUp({}, { name: "session" });
  const ada = visitor("ada");
  const old = ada.cookies.get("connect.sid") ?? "";
  ada.cookies.clear();
  ada.cookies.set("session", old);
  expect(await who(ada)).toBe("ada");
  expect(ada.cookies.get("session")).not.toBe(old);
  expect(await who(ada)).toBe("ada");
  await ada.visit((session) => session.destroy());
  expect([ada.cookies.size, await sessions.count()]).toEqual([0, 0]);
});
