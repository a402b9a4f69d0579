import { inspect } from "node:util";
import { createSessions, generateKey, type Session, type Sessions } from "coatcheck";
import { withCurrent } from "coatcheck/async-context";
import { sessionStorageOf } from "coatcheck/react-router";
import { cookieStore } from "coatcheck/stores/cookie";
import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, it, test } from "vitest";
import { readonlySession } from "../../src/adapters/next/readonly.ts";
import { passportSession } from "../../src/adapters/passport/session.ts";
import { admission } from "../../src/adapters/shared/sockets/sockets.ts";
import { reachableFrom } from "../support/reachable.ts";

type Data = Record<string, unknown>;

const sessions: Sessions<Data> = createSessions<Data>({ store: memoryStore(), pruneInterval: false });
const requestFor = async (userId: string): Promise<Request> => {
  const { cookie } = await sessions.issue({ userId, data: { cart: ["hat"] } });
  return new Request("http://localhost/", { headers: { cookie } });
};
const open = async (userId = "ann"): Promise<Session<Data>> => (await sessions.open(await requestFor(userId))).session;

/** A function of sloppy mode, in which a failed assignment is not told by the language. */
const sloppy = (code: string): ((it: unknown) => unknown) => new Function("it", code) as (it: unknown) => unknown;
const strict = (code: string): ((it: unknown) => unknown) => sloppy(`"use strict"; ${code}`);

const handedOut: Readonly<Record<string, (user: string) => Promise<object>>> = {
  session: open,
  "session in edit()": async (userId) => {
    const { id } = await sessions.issue({ userId });
    return sessions.edit(id, (session) => ({ session }));
  },
  "read-only session of Next": async (userId) => readonlySession(await open(userId)),
  "session of passport": async (userId) =>
    passportSession(await open(userId), { userIdOf: () => undefined, replace: () => undefined }),
  "storage session of React Router": async (userId) => sessionStorageOf(sessions).getSession(await requestFor(userId)),
  "session of a socket": async (userId) => {
    const { url, headers } = await requestFor(userId);
    const head = { method: "GET", url, encrypted: false, header: (name: string) => headers.get(name) ?? undefined };
    return (await admission(sessions, {})(head)).session;
  },
};

describe("what sessions share", () => {
  it.each(Object.entries(handedOut))("B58: what sessions share is frozen: %s", async (_, make) => {
    const [ann, bob] = [reachableFrom(await make("ann")), reachableFrom(await make("bob"))];
    const shared = [...ann].filter((one) => bob.has(one));
    expect(shared.filter((one) => !Object.isFrozen(one))).toEqual([]);
  });

  const sealed = createSessions({
    application: "test",
    store: cookieStore({ keys: [generateKey()] }),
  });
  it.each([
    ["stored", sessions],
    ["sealed", sealed],
    ["with current()", withCurrent(sessions)],
  ])("B58: what sessions share is frozen: a manager, %s", (_, manager) => {
    expect([...reachableFrom(manager)].filter((one) => !Object.isFrozen(one))).toEqual([]);
  });
});

const closed = Object.entries(handedOut).filter(([name]) => !/edit|passport/.test(name));

describe.each(closed)("%s", (_, make) => {
  it.each([
    ["another name", "it.views = 1"],
    ["a member", "it.id = 'mine'"],
    ["what connect-flash does", "it.flash = it.flash || {}"],
    ["a symbol", "it[Symbol('mine')] = 1"],
    ["the prototype", "it.__proto__ = {}"],
    ["deletion of another name", "delete it.cart"],
    ["deletion of a member", "delete it.id"],
    ["a definition", "Object.defineProperty(it, 'views', { value: 1 })"],
  ])("B58: %s throws, in sloppy and in strict mode", async (_, code) => {
    const session = await make("ann");
    expect(() => sloppy(code)(session)).toThrow(Error);
    expect(() => strict(code)(session)).toThrow(Error);
  });
});

test("B58: the sentences say what to call instead", async () => {
  const session = await open();
  expect(() => sloppy("it.views = 1")(session)).toThrow(/"views" was not stored. Use session.set\("views", value\)/);
  expect(() => sloppy("it.flash = {}")(session)).toThrow(/coatcheck\/passport/);
  expect(() => sloppy("delete it.cart")(session)).toThrow(/session.delete\("cart"\)/);
  expect(() => sloppy("return it.banned")(session)).toThrow(/session.get\("banned"\)/);
});

describe("B59: what is no member", () => {
  it.each(["banned", "user", "csrfSecret", "toString2"])("reading %s throws, by name and by `in`", async (name) => {
    const session = await open();
    expect(() => Reflect.get(session, name)).toThrow(TypeError);
    expect(() => name in session).toThrow(TypeError);
  });

  it("members and those of every object are there, and tools find nothing", async () => {
    const session = await open();
    expect(["get", "id", "flash", "toString", "hasOwnProperty"].map((name) => name in session)).not.toContain(false);
    const probes = ["then", "nodeType", "asymmetricMatch", "$$typeof", "_isMockFunction", "@@__IMMUTABLE_MAP__@@", "0"];
    for (const probe of [...probes, Symbol.iterator, Symbol.toStringTag, Symbol.toPrimitive]) {
      expect(Reflect.get(session, probe)).toBeUndefined();
      expect(probe in session).toBe(false);
    }
    expect(await Promise.resolve(session)).toBe(session);
    expect(`${session}`).toBe("[object Object]");
    expect(JSON.stringify({ session })).toBe(JSON.stringify({ session: { id: session.id } }));
    expect(inspect(session, { showHidden: true, depth: 9 })).toContain(session.id);
    expect(inspect({ session })).toContain(session.id);
    expect(session).toEqual(session);
    expect({ ...session }).toEqual({});
    for (const key in session) expect(key).toBe("none");
  });
});

describe("B59: unexpected arguments", () => {
  const done = (): void => undefined;
  it.each([
    ["save", [done]],
    ["regenerate", [done]],
    ["regenerate", [["keep"]]],
    ["destroy", [done]],
    ["load", [done]],
    ["clear", ["cart"]],
    ["login", ["ann", done]],
    ["exportToken", [done]],
    ["take", ["cart", done]],
    ["update", ["cart", () => 1, done]],
    ["flashes", [done]],
    ["flashes", ["default", done]],
  ])("%s(%j) throws at once and does nothing", async (name, args) => {
    const session = await open();
    const method = Reflect.get(session, name) as (...args: unknown[]) => unknown;
    expect(() => Reflect.apply(method, session, args)).toThrow(
      args.some((one) => one === done) ? `${name}() takes no callback; await it` : `${name}() was given an argument`,
    );
    expect([session.isChanged, session.userId, session.get("cart")]).toEqual([false, "ann", ["hat"]]);
    expect(await sessions.find(session.id)).toBeDefined();
  });
});
