import { cookie, createSessions, header } from "coatcheck";
import { fromExpressSession } from "coatcheck/legacy/express-session";
import { cookieStore } from "coatcheck/stores/cookie";
import { sqliteStore } from "coatcheck/stores/sqlite";
import { describe, expect, test } from "vitest";
import { Browser } from "../support/browser/visitor.ts";
import { secret } from "../support/legacy/move.ts";
import { type Data, OldRows, setUp, who } from "../support/legacy/rows.ts";

describe("B131: parallel first requests", () => {
  test("B131: 200 at two processes have one session and one token, and none fails", async () => {
    const { visitor, at, sessions, other, observer } = setUp();
    const ada = visitor("ada");
    const all = Array.from({ length: 200 }, (_, n) => at(n % 2 ? sessions : other, ada));
    const answers = await Promise.all(all.map((one) => one.visit((session) => session.userId)));
    expect(new Set(answers.map(({ status, result }) => `${status} ${result}`))).toEqual(new Set(["200 ada"]));
    expect(new Set(all.map(({ cookies }) => cookies.get("session"))).size).toBe(1);
    expect([observer.of("imported").length, await sessions.count()]).toEqual([1, 1]);
  });

  test("B131: a hundred sessions, each with parallel writers at two processes on a database, lose nothing", async () => {
    const store = sqliteStore({ path: ":memory:" });
    const { visitor, at, sessions, other, observer } = setUp({ store });
    await Promise.all(
      Array.from({ length: 100 }, async (_, user) => {
        const old = visitor(`user-${user}`, { data: { cart: user } });
        const tabs = Array.from({ length: 6 }, (_, tab) => at(tab % 2 ? sessions : other, old));
        const answers = await Promise.all(tabs.map((tab, n) => tab.visit((session) => session.set(`key${n}`, n))));
        expect(await Promise.all(answers.map(({ response }) => response.text()))).toEqual(tabs.map(() => "ok"));
        const { result } = await tabs[0]!.visit((session) => [
          session.userId,
          session.get("cart"),
          session.keys().length,
        ]);
        // user, cart and six keys
        expect(result).toEqual([`user-${user}`, user, 8]);
        expect(new Set(tabs.map(({ cookies }) => cookies.get("session"))).size).toBe(1);
      }),
    );
    expect([observer.of("imported").length, await sessions.count()]).toEqual([100, 100]);
    expect(observer.of("refused")).toEqual([]);
    await sessions.close();
  });
});

describe("B134: old cookies are asked for", () => {
  test("B134: only without a token of ours that verifies, and then they end nothing of ours", async () => {
    const { visitor, old, clock } = setUp();
    const ada = visitor("ada");
    expect(await who(ada)).toBe("ada");
    const bob = visitor("bob");
    ada.cookies.set("connect.sid", bob.cookies.get("connect.sid") ?? "");
    old.calls.length = 0;
    for (let visit = 0; visit < 3; visit++) {
      expect(await who(ada)).toBe("ada");
      clock.advance("5m");
    }
    expect(old.calls).toEqual([]);
    expect(await who(bob)).toBe("bob");
    expect(await who(ada)).toBe("ada");
  });

  test("B134: only over https, or on this machine", async () => {
    const { visitor, old, at, sessions, observer } = setUp();
    const ada = visitor("ada");
    const plain = await at(sessions, ada, "http://example.com").visit((session) => session.userId);
    expect([plain.status, plain.result, plain.setCookies, old.calls]).toEqual([200, undefined, [], []]);
    expect(observer.of("warning")).toMatchObject([{ code: "INSECURE_TRANSPORT" }]);
    expect(await who(at(sessions, ada, "https://example.com"))).toBe("ada");
  });

  test("B134: only where our token travels in a cookie", async () => {
    const { visitor, old, sessions } = setUp({ transports: [cookie(), header("x-session")] });
    const ada = visitor("ada");
    const token = `${"a".repeat(22)}.${"A".repeat(43)}`;
    const { response, result } = await ada.visit((session) => session.userId, { headers: { "x-session": token } });
    expect([response.headers.get("x-session"), response.headers.getSetCookie(), result]).toEqual([null, [], undefined]);
    expect(old.calls).toEqual([]);
    const own = new Browser(sessions);
    await own.visit((session) => session.login("bob"));
    const beside = ada.copy();
    const both = await beside.visit((session) => session.userId, {
      headers: { "x-session": own.cookies.get("session") ?? "" },
    });
    expect([both.result, both.response.headers.get("x-session"), old.calls]).toEqual(["bob", null, []]);
    expect(await who(ada)).toBe("ada");
  });

  test("B134: only by managers that can do so", () => {
    const legacy = [fromExpressSession({ secret, store: new OldRows() })];
    const refused = (options: object, message: RegExp): void =>
      void expect(() => createSessions({ legacy, ...options } as never)).toThrow(message);
    refused({ transports: [header("x-session")] }, /legacy needs a cookie .* of which none is one/);
    refused({ transports: [header("x-session"), cookie()] }, /put cookie\(\) before the other transports\./);
    refused({ store: cookieStore({ keys: ["k".repeat(43)] }) }, /legacy needs a store of records/);
    refused({ legacy: fromExpressSession({ secret, store: new OldRows() }) }, /legacy must be a list/);
    refused({ legacy: [{}] }, /legacy\[0\] must be an object with the function attach/);
  });
});

describe("B135: old sessions keep the rules of ours", () => {
  test.each([
    ["revokeAll() of their user", (sessions: { revokeAll(user: string): unknown }) => sessions.revokeAll("ada"), "bob"],
    ["destroyAll()", (sessions: { destroyAll(): unknown }) => sessions.destroyAll(), undefined],
  ])("B135: %s ends those that are not taken over yet, however late they come", async (_, end, bobs) => {
    const { visitor, sessions, clock } = setUp();
    const [ada, bob] = [visitor("ada"), visitor("bob")];
    await end(sessions as never);
    expect(await who(ada.copy())).toBeUndefined();
    expect(await who(bob)).toBe(bobs);
    const late = visitor("ada");
    clock.advance("29d");
    await sessions.prune();
    expect(await who(late)).toBeUndefined();
  });

  test("B135: revokeAll() is remembered as long, also if a process without this option revokes later", async () => {
    const { visitor, sessions, store, clock } = setUp();
    const ada = visitor("ada");
    await sessions.revokeAll("ada");
    const script = createSessions<Data>({ store, clock: clock.now });
    await script.revokeAll("ada");
    clock.advance("2d");
    await sessions.prune();
    expect(await who(ada)).toBeUndefined();
  });

  test.each([
    ["before its record", 1],
    ["before its note", 2],
  ])("B135: revokeAll() at another process during a takeover, %s, leaves no session", async (_, at) => {
    const { visitor, store, sessions, other } = setUp();
    const ada = visitor("ada");
    const [copy, late] = [ada.copy(), ada.copy()];
    let creates = 0;
    store.delay("create", async () => {
      if (++creates !== at) return;
      await other.revokeAll("ada");
      if (at === 1) expect(await who(copy)).toBeUndefined();
    });
    // What had begun before, and decided before, may end as before.
    const { result, setCookies } = await ada.visit((session) => session.userId);
    if (at === 1) expect([result, setCookies]).toEqual([undefined, [expect.stringMatching(/^connect\.sid=;/)]]);
    store.delay("create", undefined);
    await expect.poll(() => sessions.list({ userId: "ada" }), { timeout: 60_000 }).toEqual({ sessions: [] });
    for (const one of [ada, late]) expect(await who(one)).toBeUndefined();
  });

  test("B135: a session that began after revokeAll(), as its data tells, is taken over", async () => {
    const { visitor, sessions, clock } = setUp({}, { createdAt: ({ since }) => since });
    const before = visitor("ada", { data: { since: clock.now().valueOf() } });
    clock.advance("1m");
    await sessions.revokeAll("ada");
    clock.advance("1m");
    const after = visitor("ada", { data: { since: clock.now().valueOf() } });
    expect([await who(before), await who(after)]).toEqual([undefined, "ada"]);
  });

  test("B135: maxSessionsPerUser ends the oldest", async () => {
    const { visitor, sessions, clock } = setUp({ maxSessionsPerUser: 2 });
    const all = [visitor("ada"), visitor("ada"), visitor("ada")];
    for (const one of all) {
      expect(await who(one)).toBe("ada");
      clock.advance("1m");
    }
    expect(await Promise.all(all.map(who))).toEqual([undefined, "ada", "ada"]);
    expect((await sessions.list({ userId: "ada" })).sessions).toHaveLength(2);
  });

  test("B135: maxSessionsPerUser ends the old one that is the oldest", async () => {
    const { visitor, sessions, refusals, clock } = setUp(
      { maxSessionsPerUser: 1 },
      { createdAt: ({ since }) => since },
    );
    const own = new Browser<Data>(sessions);
    await own.visit((session) => session.login("ada"));
    const old = visitor("ada", { data: { since: clock.now() - 60_000 } });
    expect(await who(old.copy())).toBeUndefined();
    expect([await who(old), await who(own)]).toEqual([undefined, "ada"]);
    expect(refusals()).toEqual(["user-limit", "superseded"]);
  });

  test("B135: overflow: reject leaves the old one where it is until there is room", async () => {
    const { visitor, sessions, refusals, old } = setUp({ maxSessionsPerUser: 1, overflow: "reject" });
    const own = new Browser<Data>(sessions);
    await own.visit((session) => session.login("ada"));
    const waiting = visitor("ada");
    expect([await who(waiting), old.rows.size]).toEqual([undefined, 1]);
    expect(refusals()).toEqual(["user-limit"]);
    await own.visit((session) => session.destroy());
    expect([await who(waiting), old.rows.size]).toEqual(["ada", 0]);
  });

  test("B135: limits count from the old session's beginning, which is never in the future", async () => {
    const { visitor, sessions, refusals, clock } = setUp({}, { createdAt: ({ since }) => since });
    const day = 86_400_000;
    const since = (days: number): number => clock.now() + days * day;
    expect(await who(visitor("ada", { data: { since: since(-31) } }))).toBeUndefined();
    expect(refusals()).toEqual(["absolute"]);
    const [old, young] = [
      visitor("bob", { data: { since: since(-29) } }),
      visitor("cyd", { data: { since: since(29) } }),
    ];
    expect([await who(old), await who(young)]).toEqual(["bob", "cyd"]);
    const [info] = (await sessions.list({ userId: "cyd" })).sessions;
    expect(info?.createdAt.getTime()).toBe(clock.now());
    for (const hours of [23, 23, 23]) {
      clock.advance(`${hours}h`);
      await Promise.all([old.visit(() => undefined), young.visit(() => undefined)]);
    }
    expect([await who(old), await who(young)]).toEqual([undefined, "cyd"]);
  });
});

test("B133: a store that fails is nothing to visitors without a cookie that verifies", async () => {
  const { visitor, old, sessions } = setUp();
  const ada = visitor("ada");
  old.onRead = () => Promise.reject(new Error("injected: down"));
  const forger = new Browser(sessions);
  forger.cookies.set("connect.sid", "s%3Aguess.AAAA");
  expect((await forger.visit((session) => session.userId)).status).toBe(200);
  expect((await new Browser(sessions).visit((session) => session.userId)).status).toBe(200);
  const answer = await ada.visit((session) => session.userId);
  expect([answer.status, answer.setCookies]).toEqual([503, []]);
  old.onRead = undefined;
  expect(await who(ada)).toBe("ada");
});
