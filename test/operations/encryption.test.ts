import { createSessions, generateKey, type SessionStore, type Sessions } from "coatcheck";
import { type EncryptionOptions, encryptRecords } from "coatcheck/encryption";
import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, test } from "vitest";
import { Browser } from "../support/browser/visitor.ts";
import { record } from "../support/stores/records.ts";

type Data = Record<string, unknown>;

const keys = generateKey();

/** A store, what it holds, and managers over it. */
function setUp() {
  const inner = memoryStore();
  const manager = (options: Partial<EncryptionOptions> = {}, pepper?: string): Sessions<Data> =>
    createSessions<Data>({ store: encryptRecords(inner, { keys, ...options }), ...(pepper && { pepper }) });
  const plain = createSessions<Data>({ store: inner });
  const stored = async () => (await inner.list!("session", { limit: 10 }, Date.now())).records;
  /** Stores another body under the same version, as somebody does who can write to the database. */
  const plant = async (id: string, body: string) => {
    const found = (await stored()).find((one) => one.id === id)!;
    await inner.delete(found);
    await inner.create({ ...found, body }, Date.now());
  };
  return { inner, manager, plain, stored, plant };
}

const visitor = async (sessions: Sessions<Data>, userId = "ann"): Promise<Browser<Data>> => {
  const browser = new Browser<Data>(sessions);
  await browser.visit(async (session) => {
    session.set("diagnosis", "measles");
    await session.login(userId);
  });
  return browser;
};

/** The same visitor at another server. */
function moved(browser: Browser<Data>, sessions: Sessions<Data>): Browser<Data> {
  const there = new Browser<Data>(sessions);
  for (const [name, value] of browser.cookies) there.cookies.set(name, value);
  return there;
}

const read = async (browser: Browser<Data>) => (await browser.visit((session) => session.get("diagnosis"))).result;

describe("B144: a copy of the store", () => {
  test("shows ids, users and times, and no data", async () => {
    const { manager, stored } = setUp();
    const browser = await visitor(manager());
    const [one] = await stored();
    expect(one?.userId).toBe("ann");
    expect(one?.body).toMatch(/^2:A256GCM:[\w-]+$/);
    expect(Buffer.from(one!.body.slice(10), "base64url").toString("latin1")).not.toMatch(/measles|diagnosis|hash/);
    expect(await read(browser)).toBe("measles");
  });

  test("never has the same text twice for the same data", async () => {
    const inner = memoryStore();
    const store = encryptRecords(inner, { keys });
    const [one, other] = [record(), record({ id: "BBBBBBBBBBBBBBBBBBBBBB" })];
    for (const each of [one, other]) expect(await store.create(each, Date.now())).toBe(true);
    const bodies = [one, other].map((each) => (inner.read(each, Date.now()) as typeof one).body);
    expect(new Set(bodies).size).toBe(2);
  });

  test("B38: any changed character makes a fresh session, and no error", async () => {
    const { manager, stored, plant } = setUp();
    const sessions = manager();
    const browser = await visitor(sessions);
    const { id, body } = (await stored())[0]!;
    for (let at = 0; at < body.length; at += 7) {
      await plant(id, `${body.slice(0, at)}${body[at] === "A" ? "B" : "A"}${body.slice(at + 1)}`);
      const { result, status } = await browser.copy().visit((session) => session.get("diagnosis") ?? "nothing");
      expect({ at, status, result }).toEqual({ at, status: 200, result: "nothing" });
    }
    await plant(id, body);
    expect(await read(browser)).toBe("measles");
  });

  test("a body that was moved to another session, or to another user, opens nothing", async () => {
    const { inner, manager, stored, plant } = setUp();
    const sessions = manager();
    const ann = await visitor(sessions, "ann");
    const bob = await visitor(sessions, "bob");
    const all = await stored();
    const of = (userId: string) => all.find((one) => one.userId === userId)!;
    await plant(of("bob").id, of("ann").body);
    expect((await bob.visit((session) => session.get("diagnosis"))).result).toBeUndefined();
    await inner.delete(of("ann"));
    await inner.create({ ...of("ann"), userId: "root" }, Date.now());
    expect((await ann.visit((session) => session.userId)).result).toBeUndefined();
  });
});

describe("B144: keys", () => {
  test("are rotated without signing anybody out", async () => {
    const { manager, stored } = setUp();
    const next = generateKey();
    const browser = await visitor(manager());
    const before = (await stored())[0]!.body;
    const both = moved(browser, manager({ keys: [next, keys] }));
    expect((await both.visit((session) => session.set("diagnosis", "mumps"))).status).toBe(200);
    expect((await stored())[0]!.body.slice(0, 20)).not.toBe(before.slice(0, 20));
    const after = moved(browser, manager({ keys: next }));
    expect(await read(after)).toBe("mumps");
  });

  test.each([
    ["another key", (set: ReturnType<typeof setUp>) => set.manager({ keys: generateKey() })],
    ["no encryption", (set: ReturnType<typeof setUp>) => set.plain],
  ])("a server with %s does not touch the session", async (_, other) => {
    const set = setUp();
    const browser = await visitor(set.manager());
    const before = await set.stored();
    const elsewhere = moved(browser, other(set));
    expect(await read(elsewhere)).toBeUndefined();
    const { status } = await elsewhere.visit((session) => session.set("diagnosis", "none"));
    expect(status).toBe(503);
    expect(await set.stored()).toEqual(before);
    expect(await read(browser)).toBe("measles");
  });

  test.each([
    [
      "with another key",
      (set: ReturnType<typeof setUp>, pepper: string) => set.manager({ keys: generateKey() }, pepper),
    ],
    [
      "without encryption",
      (set: ReturnType<typeof setUp>, pepper: string) => createSessions<Data>({ store: set.inner, pepper }),
    ],
  ])("with pepper, too, a server %s does not touch the session", async (_, other) => {
    const set = setUp();
    const pepper = generateKey();
    const browser = await visitor(set.manager({}, pepper));
    const before = await set.stored();
    const elsewhere = moved(browser, other(set, pepper));
    expect(await read(elsewhere)).toBeUndefined();
    expect((await elsewhere.visit((session) => session.set("diagnosis", "none"))).status).toBe(503);
    expect((await elsewhere.visit((session) => session.destroy())).status).toBe(503);
    expect(await set.stored()).toEqual(before);
    expect(await read(browser)).toBe("measles");
  });

  test.each([
    ["another key", (set: ReturnType<typeof setUp>) => set.manager({ keys: generateKey() })],
    ["no encryption", (set: ReturnType<typeof setUp>) => set.plain],
  ])("B103: revokeAll on a server with %s also ends logins that are under way here", async (_, other) => {
    const set = setUp();
    const sessions = set.manager();
    const late = new Browser<Data>(sessions);
    const answer = await late.visit(async (session) => {
      session.set("diagnosis", "mumps");
      void session.login("eve");
      await other(set).revokeAll("eve");
    });
    expect(answer.status).toBe(409);
    expect((await sessions.list({ userId: "eve" })).sessions).toEqual([]);
    // Of what it cannot read it knows the millisecond.
    await expect.poll(async () => (await late.visit((session) => session.login("eve"))).status).toBe(200);
  });

  test("sessions from before encryption are read with acceptPlain, encrypted by the next write, and damaged without", async () => {
    const { manager, plain, stored } = setUp();
    const browser = await visitor(plain);
    const strict = moved(browser, manager());
    const tolerant = moved(browser, manager({ acceptPlain: true }));
    expect(await read(tolerant)).toBe("measles");
    await tolerant.visit((session) => session.set("diagnosis", "mumps"));
    expect((await stored())[0]!.body).toMatch(/^2:A256GCM:/);
    expect(await read(strict)).toBe("mumps");
    const second = await visitor(plain, "bob");
    const stranger = moved(second, manager());
    expect(await read(stranger)).toBeUndefined();
  });

  test("go together with pepper, with lists and with revocation", async () => {
    const { manager, stored } = setUp();
    const sessions = manager({}, generateKey());
    const browser = await visitor(sessions);
    await visitor(sessions);
    const { sessions: listed } = await sessions.list({ userId: "ann", keys: ["diagnosis"] });
    expect(listed.map(({ data }) => data)).toEqual([{ diagnosis: "measles" }, { diagnosis: "measles" }]);
    expect(await sessions.revokeAll("ann")).toBe(2);
    expect(await stored()).toEqual([]);
    expect(await read(browser)).toBeUndefined();
    expect((await browser.visit((session) => session.login("ann"))).status).toBe(200);
  });

  test.each([
    [{ keys: "" }, "key 1 of 1 is empty"],
    [{ keys: "password" }, "has 8 characters"],
    [{ keys: [] }, "empty list"],
    [{ keys: [keys, keys] }, "is the same as key 1"],
    [{ keys, acceptPlain: "yes" }, "acceptPlain must be true or false"],
    [{ keys, acceptPlane: true }, "Did you mean acceptPlain?"],
    [{ key: keys }, "Did you mean keys?"],
  ])("that are wrong are refused at once, and not printed: %#", (options, message) => {
    const make = () => encryptRecords(memoryStore() as SessionStore, options as EncryptionOptions);
    expect(make).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(message) }),
    );
    expect(make).not.toThrow(keys);
  });
});
