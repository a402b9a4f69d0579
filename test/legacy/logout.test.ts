import { describe, expect, test } from "vitest";
import { Browser } from "../support/browser/visitor.ts";
import { type Data, setUp, who } from "../support/legacy/rows.ts";

type SetUp = ReturnType<typeof setUp>;

/** Somebody with a session of their own, and beside it an old cookie. */
async function beside({ sessions }: SetUp, old: Browser<Data>): Promise<Browser<Data>> {
  const own = new Browser<Data>(sessions);
  await own.visit((session) => session.login("ada"));
  own.cookies.set("connect.sid", old.cookies.get("connect.sid") ?? "");
  return own;
}

describe("B132: a logout with an old cookie beside our token, of a session that became ours,", () => {
  test.each([
    ["whose first response was lost", 1],
    ["that somebody else uses", 3],
  ])("B132: ends it: %s", async (_, visits) => {
    const all = setUp({ rotateAfter: "1m" });
    const { visitor, at, other, clock, sessions, observer } = all;
    const ada = visitor("ada");
    const copy = ada.copy();
    const own = await beside(all, ada);
    for (let visit = 0; visit < visits; visit++) {
      expect(await who(ada)).toBe("ada");
      clock.advance("5m");
    }
    const answer = await own.visit((session) => session.destroy());
    expect([answer.status, [...own.cookies.keys()]]).toEqual([200, []]);
    for (const one of [ada, copy]) expect(await who(at(other, one))).toBeUndefined();
    expect(await sessions.count()).toBe(0);
    expect(observer.of("destroyed")).toHaveLength(2);
  });

  test("B132: ends it once, if it is the same", async () => {
    const { visitor, observer, sessions } = setUp();
    const ada = visitor("ada");
    const old = ada.cookies.get("connect.sid") ?? "";
    await who(ada);
    ada.cookies.set("connect.sid", old);
    await ada.visit((session) => session.destroy());
    expect([observer.of("destroyed").length, await sessions.count(), ada.cookies.size]).toEqual([1, 0, 0]);
  });

  test.each<[string, (ada: Browser<Data>) => unknown]>([
    ["a login", (ada) => ada.visit((session) => session.login("bob"))],
    ["regenerate()", (ada) => ada.visit((session) => session.regenerate())],
  ])("B132: does not end it after %s", async (_, change) => {
    const all = setUp();
    const { visitor } = all;
    const ada = visitor("ada");
    const own = await beside(all, ada);
    await who(ada);
    await change(ada);
    const user = await who(ada);
    expect((await own.visit((session) => session.destroy())).status).toBe(200);
    expect([user, await who(ada)]).toEqual([user, user]);
    expect(user).toBeDefined();
  });

  test("B132: fails if the store does, and ends it the next time", async () => {
    const all = setUp();
    const { visitor, store } = all;
    const ada = visitor("ada");
    const copy = ada.copy();
    const own = await beside(all, ada);
    expect(await who(ada)).toBe("ada");
    store.fail("delete", "before");
    expect((await own.visit((session) => session.destroy())).status).toBe(503);
    expect(await who(own)).toBe("ada");
    expect((await own.visit((session) => session.destroy())).status).toBe(200);
    expect(await who(copy)).toBeUndefined();
  });
});
