import { createSessions, generateKey, type SessionsOptions, type StoredRecord } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import { describe, expect, it } from "vitest";
import { Browser, recorder } from "../support/browser/visitor.ts";
import { ownTime } from "../support/own-time.ts";
import { spyOn } from "../support/stores/spy.ts";

type Data = Record<string, unknown>;
const [newKey, oldKey] = [generateKey(), generateKey()];

type Options = Omit<SessionsOptions<Data>, "schema" | "store">;

function setUp(options: Options = {}) {
  const clock = testClock();
  const inner = memoryStore();
  const store = spyOn(inner);
  const observer = recorder();
  const make = (more: Options = {}) =>
    createSessions<Data>({ clock: clock.now, observer, pepper: newKey, ...options, ...more, store });
  const sessions = make();
  const signIn = async (user: string, one = sessions) => {
    const browser = new Browser(one);
    await browser.visit((session) => session.login(user));
    return browser;
  };
  const record = async (browser: Browser<Data>) =>
    (await inner.read({ namespace: "session", id: browser.token.split(".")[0] ?? "" }, 0)) as StoredRecord;
  /** What somebody does who can write to the store. */
  const forge = async (browser: Browser<Data>, change: (record: StoredRecord) => Partial<StoredRecord>) => {
    const before = await record(browser);
    await inner.delete(before);
    await inner.create({ ...before, ...change(before) }, 0);
  };
  const userOf = async (browser: Browser<Data>) => (await browser.visit((session) => session.userId)).result;
  return { clock, store, observer, make, sessions, signIn, record, forge, userOf };
}

describe("pepper", () => {
  it.each<[string, (mine: StoredRecord, theirs: StoredRecord) => Partial<StoredRecord>]>([
    ["another user", () => ({ userId: "boss" })],
    ["no user", () => ({ userId: undefined })],
    ["another beginning", ({ createdAt }) => ({ createdAt: createdAt + 86_400_000 })],
    ["another version", ({ version }) => ({ version: version + 1 })],
    ["another commit id", () => ({ commitId: "another" })],
    ["other data", ({ body }) => ({ body: body.replace("guest", "owner") })],
    ["a body of another session", (_, theirs) => ({ body: theirs.body })],
    ["a body without a MAC", ({ body }) => ({ body: body.slice(44) })],
  ])("B106: a record that was given %s in the store opens nothing", async (_, change) => {
    const { observer, sessions, signIn, forge, record, userOf } = setUp();
    const [mine, theirs] = [await signIn("ann"), await signIn("boss")];
    await mine.visit((session) => session.set("role", "guest"));
    const stolen = await record(theirs);
    await forge(mine, (own) => change(own, stolen));
    expect(await userOf(mine)).toBeUndefined();
    expect(observer.of("refused").at(-1)).toMatchObject({ reason: "corrupt" });
    expect(await userOf(theirs)).toBe("boss");
    expect((await sessions.list({ anyUser: true })).sessions).toHaveLength(1);
  });

  it("B106: later times in the store keep no session alive", async () => {
    const { clock, signIn, forge, userOf } = setUp({ idleTimeout: "1h", absoluteTimeout: "8h" });
    const browser = await signIn("ann");
    await forge(browser, ({ lastSeenAt, expiresAt }) => ({ lastSeenAt: lastSeenAt + 9e8, expiresAt: expiresAt + 9e8 }));
    clock.advance("59m");
    expect(await userOf(browser)).toBe("ann");
    clock.advance("59m");
    expect(await userOf(browser)).toBe("ann");
    clock.advance("60m");
    expect(await userOf(browser)).toBeUndefined();
  });

  it("B106: everything else is as without it: rotation, login, update, lists, limits, touches", async () => {
    const { clock, sessions, signIn, userOf, store } = setUp({ rotateAfter: "1h", maxSessionsPerUser: 2 });
    const browser = await signIn("ann");
    for (let i = 0; i < 5; i++) {
      clock.advance("30m");
      expect(await userOf(browser)).toBe("ann");
      await browser.visit((session) => session.update("n", (n = 0) => Number(n) + 1));
    }
    const lost = browser.copy();
    clock.advance("1h");
    await userOf(browser);
    await userOf(lost);
    expect([lost.token, await userOf(browser)]).toEqual([browser.token, "ann"]);
    for (let i = 0; i < 3; i++) {
      clock.advance("1m");
      await signIn("ann");
    }
    expect((await sessions.list({ userId: "ann" })).sessions).toHaveLength(2);
    expect([await sessions.count(), await sessions.revokeAll("ann"), await sessions.count()]).toEqual([2, 2, 0]);
    ownTime();
    const other = await signIn("bob");
    store.calls.length = 0;
    await userOf(other);
    clock.advance("1m");
    await userOf(other);
    expect(store.calls).toEqual(["read", "read", "replace"]);
  });

  it("B106: keys are changed without ending a session, and the first one is used for what is new", async () => {
    const { make, signIn, userOf } = setUp({ pepper: oldKey, rotateAfter: "1h" });
    const browser = await signIn("ann");
    const both = new Browser(make({ pepper: [newKey, oldKey] }));
    for (const [name, value] of browser.cookies) both.cookies.set(name, value);
    expect(await userOf(both)).toBe("ann");
    await both.visit((session) => session.regenerate());
    const after = new Browser(make({ pepper: newKey }));
    for (const [name, value] of both.cookies) after.cookies.set(name, value);
    expect(await userOf(after)).toBe("ann");
    expect(await userOf(browser)).toBeUndefined();
  });

  it.each<[string, Options["pepper"], Options["pepper"]]>([
    ["introduced", undefined, newKey],
    ["taken away", newKey, undefined],
    ["replaced", oldKey, newKey],
  ])("B106: a user whose sessions were revoked signs in after a pepper was %s", async (_, before, after) => {
    const { clock, make, signIn, userOf } = setUp();
    const limited = { maxSessionsPerUser: 2, overflow: "reject" } as const;
    const sessions = make({ pepper: before, ...limited });
    await signIn("ann", sessions);
    await sessions.revokeAll("ann");
    clock.advance("1s");
    expect(await userOf(await signIn("ann", make({ pepper: after, ...limited })))).toBe("ann");
  });

  it("B106: the secret opens no other session and no other application's", async () => {
    const { signIn, make, userOf } = setUp({ namespace: "session" });
    const [ann, bob] = [await signIn("ann"), await signIn("bob")];
    const [id] = bob.token.split(".");
    const thief = ann.copy();
    thief.cookies.set("session", `${id}.${ann.token.split(".")[1]}`);
    expect(await userOf(thief)).toBeUndefined();
    const admin = new Browser(make({ application: "admin" }));
    for (const [name, value] of ann.cookies) admin.cookies.set(name, value);
    expect(await userOf(admin)).toBeUndefined();
    expect(await userOf(ann)).toBe("ann");
  });

  it.each([[""], ["short"], [["a".repeat(43)]], [[]], [[newKey, newKey]], [[newKey, 5]]])(
    "B106: a bad key is refused and not printed: %j",
    (pepper) => {
      const make = () => createSessions({ store: memoryStore(), pepper: pepper as never });
      expect(make).toThrow(/pepper/);
      expect(make).not.toThrow(new RegExp(newKey));
    },
  );
});
