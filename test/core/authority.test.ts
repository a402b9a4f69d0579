import { createSessions, type Session, SessionError } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, it } from "vitest";
import { Browser } from "../support/browser/visitor.ts";
import { spyOn } from "../support/stores/spy.ts";

type Data = Record<string, unknown>;

async function threeSignedIn() {
  const store = spyOn(memoryStore());
  const sessions = createSessions<Data>({ store });
  const signIn = async (user?: string) => {
    const browser = new Browser(sessions);
    await browser.visit((session) => (user === undefined ? void session.set("n", 1) : session.login(user)));
    return browser;
  };
  const [phone, laptop] = [await signIn("ann"), await signIn("ann")];
  const [bob, stranger] = [await signIn("bob"), await signIn()];
  store.calls.length = 0;
  return { store, sessions, phone, laptop, bob, stranger };
}

const idOf = (browser: Browser<Data>): string => browser.token.split(".")[0] ?? "";

describe("an owner that is absent does not mean all users", () => {
  // What a stranger's session, a form and a typo give, past the compiler.
  const nobody: [string, unknown, RegExp][] = [
    ["no options", undefined, /whose sessions/],
    ["no owner", {}, /whose sessions/],
    ["the user id of a stranger", { userId: undefined }, /user id that is undefined/],
    ["null", { userId: null }, /user id that is null/],
    ["the empty user id", { userId: "" }, /1 to 255 bytes/],
    ["too long a user id", { userId: "x".repeat(256) }, /1 to 255 bytes/],
    ["a number", { userId: 17 }, /must be a string/],
    ["a list, as a query parser makes it", { userId: ["ann"] }, /must be a string/],
    ["a typo", { userID: "ann" }, /no option "userID"\. Did you mean userId\?/],
    ["a word too little", { anyUser: false }, /whose sessions/],
    ["a word too much", { anyUser: true, userId: "ann" }, /userId and anyUser/],
    ["both, one of them empty", { anyUser: true, userId: undefined }, /userId and anyUser/],
    ["a text", "ann", /was given a string/],
  ];

  for (const [title, owner, message] of nobody) {
    it(`B54: ${title}: list() and revoke() throw and touch nothing`, async () => {
      const { store, sessions, phone } = await threeSignedIn();
      const refusal = expect.objectContaining({ name: "TypeError", message: expect.stringMatching(message) });
      await expect(sessions.list(owner as never)).rejects.toEqual(refusal);
      await expect(sessions.revoke(idOf(phone), owner as never)).rejects.toEqual(refusal);
      expect(store.calls).toEqual([]);
    });
  }

  it("B54: revokeAll() of no user throws and touches nothing", async () => {
    const { store, sessions } = await threeSignedIn();
    for (const user of [undefined, null, "", 17, ["ann"], { userId: "ann" }]) {
      await expect(sessions.revokeAll(user as never), String(user)).rejects.toThrow(TypeError);
    }
    await expect(sessions.revokeAll("ann", { expect: "x" } as never)).rejects.toThrow(/Did you mean except\?/);
    await expect(sessions.revokeAll("ann", { except: 5 } as never)).rejects.toThrow(/id of a session/);
    expect(store.calls).toEqual([]);
  });

  it("B54: all users must be spelled out, by administrators and jobs", async () => {
    const { sessions, phone, stranger } = await threeSignedIn();
    expect((await sessions.list({ anyUser: true })).sessions).toHaveLength(4);
    expect((await sessions.list({ anyUser: true, limit: 2 })).sessions).toHaveLength(2);
    expect(await sessions.revoke(idOf(stranger), { anyUser: true })).toBe(true);
    expect(await sessions.revoke(idOf(phone), { anyUser: true })).toBe(true);
    expect(await sessions.revoke(idOf(phone), { anyUser: true })).toBe(false);
    expect((await sessions.list({ anyUser: true })).sessions).toHaveLength(2);
  });

  it("B54: what is no session id belongs to no user, without a call of the store", async () => {
    const { store, sessions } = await threeSignedIn();
    for (const id of ["", "short", "a/b".repeat(9), "x".repeat(129)]) {
      expect(await sessions.revoke(id, { anyUser: true })).toBe(false);
    }
    await expect(sessions.revoke(undefined as never, { anyUser: true })).rejects.toThrow(TypeError);
    expect(store.calls).toEqual([]);
  });
});

describe("sessions.of()", () => {
  it("B55: sessions.of() lists and ends the sessions of its own user only", async () => {
    const { sessions, phone, laptop, bob } = await threeSignedIn();
    const { result } = await phone.visit(async (session) => {
      const own = sessions.of(session);
      const listed = (await own.list()).sessions.map(({ id }) => id);
      const page = await own.list({ limit: 1 });
      const next = await own.list({ limit: 1, cursor: page.cursor });
      return {
        listed,
        paged: [...page.sessions, ...next.sessions].map(({ id }) => id),
        bobs: await own.revoke(idOf(bob)),
        laptops: await own.revoke(idOf(laptop)),
        again: await own.revoke(idOf(laptop)),
      };
    });
    const both = [idOf(phone), idOf(laptop)];
    expect(result.listed.sort()).toEqual(both.sort());
    expect(result.paged.sort()).toEqual(both.sort());
    expect([result.bobs, result.laptops, result.again]).toEqual([false, true, false]);
    expect((await sessions.list({ anyUser: true })).sessions).toHaveLength(3);
  });

  it("B55: revokeOthers() keeps this one", async () => {
    const { sessions, phone, laptop, bob } = await threeSignedIn();
    const { result } = await phone.visit((session) => sessions.of(session).revokeOthers());
    expect(result).toBe(1);
    const users = [];
    for (const browser of [phone, laptop, bob]) users.push((await browser.visit(({ userId }) => userId)).result);
    expect(users).toEqual(["ann", undefined, "bob"]);
  });

  it("B55: what ends this session too clears its token, and the request goes on", async () => {
    const ends: ((own: ReturnType<typeof sessionsOf>, id: string) => Promise<unknown>)[] = [
      (own) => own.revokeAll(),
      (own, id) => own.revoke(id),
    ];
    const sessionsOf = (manager: Awaited<ReturnType<typeof threeSignedIn>>["sessions"], session: Session<Data>) =>
      manager.of(session);
    for (const [index, end] of ends.entries()) {
      const { sessions, phone, laptop } = await threeSignedIn();
      const before = phone.token;
      const { status, result } = await phone.visit(async (session) => {
        const ended = await end(sessionsOf(sessions, session), session.id);
        session.flash("signed out");
        return [ended, session.userId];
      });
      expect([status, result]).toEqual([200, [index === 0 ? 2 : true, undefined]]);
      expect(phone.token).not.toBe(before);
      expect((await phone.visit((session) => session.flashes())).result).toEqual(["signed out"]);
      expect((await laptop.visit(({ userId }) => userId)).result).toBe(index === 0 ? undefined : "ann");
    }
  });

  it("B55: without a user there is an empty list, and a typed error for what ends", async () => {
    const { store, sessions, stranger } = await threeSignedIn();
    for (const browser of [stranger, new Browser(sessions)]) {
      const { result } = await browser.visit(async (session) => {
        const own = sessions.of(session);
        store.calls.length = 0;
        const failed = (work: Promise<unknown>) => work.catch((error: unknown) => error);
        const errors = [own.revoke(session.id), own.revokeOthers(), own.revokeAll()].map(failed);
        return { list: await own.list(), errors: await Promise.all(errors) };
      });
      expect(result.list).toEqual({ sessions: [] });
      for (const error of result.errors) {
        expect(error).toBeInstanceOf(SessionError);
        expect(error).toMatchObject({ code: "NOT_SIGNED_IN", status: 401 });
      }
      expect(store.calls.filter((call) => call === "list" || call === "delete")).toEqual([]);
    }
    expect((await sessions.list({ anyUser: true })).sessions).toHaveLength(4);
  });

  it("B55: the user is the one of the moment", async () => {
    const { sessions, stranger, phone } = await threeSignedIn();
    const { result } = await stranger.visit(async (session) => {
      const own = sessions.of(session);
      session.login("bob");
      const bobs = (await own.list()).sessions.length;
      await session.destroy();
      return [bobs, (await own.list()).sessions.length];
    });
    expect(result).toEqual([1, 0]);
    expect((await phone.visit(({ userId }) => userId)).result).toBe("ann");
  });

  it("B55: options are those of a page: no other user can be asked for", async () => {
    const { sessions, phone } = await threeSignedIn();
    await phone.visit(async (session) => {
      const own = sessions.of(session);
      await expect(own.list({ userId: "bob" } as never)).rejects.toThrow(/no option "userId"/);
      await expect(own.list({ anyUser: true } as never)).rejects.toThrow(TypeError);
      await expect(own.revoke(undefined as never)).rejects.toThrow(TypeError);
    });
  });

  it("B55: a session of another manager is refused, because its users are others", async () => {
    const { store, sessions } = await threeSignedIn();
    const admin = createSessions<Data>({ store, namespace: "admin" });
    const browser = new Browser(admin);
    const { result } = await browser.visit((session) => {
      session.login("ann");
      expect(() => sessions.of(session)).toThrow(/of the manager "session"/);
      for (const other of [undefined, null, "ann", { userId: "ann", id: "x" }]) {
        expect(() => sessions.of(other as never)).toThrow(TypeError);
      }
      return admin.of(session).list();
    });
    expect(result.sessions).toEqual([]);
  });

  it("B55: sessions.of() also works outside a request", async () => {
    const { sessions, phone } = await threeSignedIn();
    expect(await sessions.edit(idOf(phone), (session) => sessions.of(session).revokeOthers())).toBe(1);
  });
});
