import { bearer, cookie, createSessions, generateKey, header, query, SessionError } from "coatcheck";
import { session as express } from "coatcheck/express";
import { cookieStore } from "coatcheck/stores/cookie";
import { fileStore } from "coatcheck/stores/file";
import { memoryStore } from "coatcheck/stores/memory";
import { redisStore } from "coatcheck/stores/redis";
import { sqliteStore } from "coatcheck/stores/sqlite";
import { describe, expect, it } from "vitest";

/** What a mistake is answered with, past the compiler. */
function refusal(make: (options: never) => unknown, options: unknown): SessionError {
  try {
    make(options as never);
  } catch (error) {
    if (SessionError.is(error)) return error;
    throw error;
  }
  throw new Error("was accepted");
}

const noop = (): void => undefined;

describe("B57: options of createSessions()", () => {
  const mistakes: [title: string, options: unknown, message: RegExp][] = [
    ["another case", { idleTimeOut: "1h" }, /no option "idleTimeOut"\. Did you mean idleTimeout\?/],
    ["a letter", { maxSessionPerUser: 3 }, /Did you mean maxSessionsPerUser\?/],
    ["a secret", { secret: "hunter2" }, /no option "secret".* each session has its own/],
    ["a name of another package", { resave: false }, /no option "resave"/],
    ["an attribute of the cookie", { sameSite: "lax" }, /cookie: \{ … \}/],
    ["what is nothing like it", { quux: 1 }, /There are name, application/],
    ["a text", "sqlite:./app.db", /takes an object of options and was given a string/],
    ["null", null, /was given null/],
    ["a list", [], /was given a list/],
    ["a URL as the store", { store: "redis://user:hunter2@localhost" }, /openStore\(url\)/],
    ["a promise as the store", { store: Promise.resolve(memoryStore()) }, /a Promise\. Await it/],
    ["a Map as the store", { store: new Map() }, /a Map\. .*memoryStore\(\)/],
    ["a maker as the store", { store: memoryStore }, /Call what makes the store/],
    ["null as the store", { store: null }, /store is null/],
    [
      "a store for express-session",
      { store: { get: noop, set: noop, destroy: noop, on: noop } },
      /coatcheck\/bridges\/express-session/,
    ],
    ["an object as the store", { store: {} }, /store is no store/],
    ["half a store", { store: { kind: "record", name: "half", read: noop } }, /no function create\(\)/],
    ["a text for the clock", { clock: "now" }, /clock must be a function and is a string/],
    ["a text for skip", { skip: "/static" }, /skip must be a function/],
    ["an object as the observer", { observer: { next: noop } }, /observer must be a function and is an object/],
    ["a text for generateId", { generateId: "uuid" }, /generateId must be a function/],
    ["half a codec", { codec: { encode: JSON.stringify } }, /codec must be an object with the function decode\(\)/],
    [
      "half a type",
      { types: { Money: { test: noop } } },
      /types\.Money must be an object with the function encode\(\)/,
    ],
    ["one transport", { transports: cookie() }, /transports must be a list/],
    [
      "a transport that was not made",
      { transports: [bearer] },
      /transports\[0\] must be an object with the function read/,
    ],
    ["a text for remember", { remember: "30d" }, /remember must be true or false and is a string/],
    ["a text for trustProxy", { trustProxy: "true" }, /trustProxy must be true or false, or the number of proxies/],
    [
      "an attribute that is not one",
      { cookie: { samesite: "lax" } },
      /The cookie has no option "samesite"\. Did you mean/,
    ],
    ["how long a cookie lives", { cookie: { maxAge: 60 } }, /no option "maxAge"\. How long it lives/],
  ];

  for (const [title, options, message] of mistakes) {
    it(`B57: ${title} is INVALID_OPTION`, () => {
      const error = refusal(createSessions, options);
      expect(error).toMatchObject({ code: "INVALID_OPTION", message: expect.stringMatching(message) });
      expect(error.message).not.toContain("hunter2");
    });
  }

  it("B57: what is undefined is left out", () => {
    const sessions = createSessions({ store: undefined, clock: undefined, types: undefined, transports: undefined });
    expect(sessions.name).toBe("session");
  });

  it("B57: no message holds the value of an option", () => {
    const wrong: [(options: never) => unknown, unknown][] = [
      [createSessions, { idleTimeout: "hunter2" }],
      [createSessions, { idleTimeout: "40d", absoluteTimeout: "1d" }],
      [createSessions, { name: "__Host-hunter2" }],
      [createSessions, { cookie: { path: "hunter2" } }],
      [header, "set-cookie hunter2"],
      [query, "hunter2 ="],
      [cookieStore, { keys: "hunter2" }],
    ];
    for (const [make, value] of wrong) expect(refusal(make, value).message).not.toMatch(/hunter2|40d/);
  });
});

describe("B57: options of stores, transports and bridges", () => {
  const makers: [name: string, make: (options: never) => unknown, options: object][] = [
    ["memoryStore()", memoryStore, { maxSession: 5 }],
    ["fileStore()", fileStore, { paths: "data" }],
    ["sqliteStore()", sqliteStore, { path: "a.db", tables: "x" }],
    ["redisStore()", redisStore, { url: "redis://localhost", prefixes: "x" }],
    ["cookieStore()", cookieStore, { keys: generateKey(), encrypted: true }],
    ["session()", express.bind(undefined, createSessions()), { laxy: true }],
  ];

  for (const [name, make, options] of makers) {
    it(`B57: ${name} refuses a name that it does not know`, () => {
      const error = refusal(make, options);
      expect(error).toMatchObject({ code: "INVALID_OPTION", message: expect.stringMatching(/Did you mean/) });
      expect(error.message).toContain(`${name} has no option`);
    });
  }

  it("B57: an adapter asks for a manager first, and for options of the right kind", () => {
    expect(() => express({ secret: "x" } as never)).toThrow(/session\(\) takes a manager first/);
    expect(() => express(createSessions(), { as: 5 } as never)).toThrow(/as must be a name/);
    expect(() => express(createSessions(), { lazy: "yes" } as never)).toThrow(/lazy must be true or false/);
  });
});

describe("B57: arguments of calls", () => {
  it("B57: edit(), issue() and open() are a TypeError, and nothing is done", async () => {
    const sessions = createSessions<Record<string, unknown>>();
    const { id } = await sessions.issue({ data: { n: 1 } });
    const request = new Request("http://localhost/");
    await expect(sessions.edit(id, noop, { tuch: true } as never)).rejects.toThrow(/Did you mean touch\?/);
    await expect(sessions.edit(id, undefined as never)).rejects.toThrow(/takes a function/);
    await expect(sessions.edit(undefined as never, noop)).rejects.toThrow(TypeError);
    await expect(sessions.issue({ userID: "ann" } as never)).rejects.toThrow(/Did you mean userId\?/);
    await expect(sessions.issue({ data: "text" } as never)).rejects.toThrow(/data as an object/);
    expect(() => sessions.open(request, { lasy: true } as never)).toThrow(/Did you mean lazy\?/);
    expect(await sessions.count()).toBe(1);
  });

  it("B57: handle() responds to a wrong option, because it never rejects", async () => {
    const sessions = createSessions();
    const request = new Request("http://localhost/");
    let seen: unknown;
    const onError = (error: unknown): Response => {
      seen = error;
      return new Response(null, { status: 500 });
    };
    const response = await sessions.handle(request, () => new Response("ok"), { onError, lasy: true } as never);
    expect(response.status).toBe(500);
    expect(seen).toMatchObject({ name: "TypeError", message: expect.stringMatching(/Did you mean lazy\?/) });
  });
});

describe("two managers of one name on one request", () => {
  it("B87: two managers of one name are refused at mount, before anything is read or stored", async () => {
    const request = new Request("http://localhost/");
    const [one, other, prefs] = [createSessions(), createSessions(), createSessions({ name: "prefs" })];
    await one.open(request);
    await prefs.open(request);
    const again = refusal(() => other.open(request), undefined);
    expect(again).toMatchObject({ code: "INVALID_OPTION", message: expect.stringMatching(/Two managers of the name/) });
    expect(other.tryGet(request)).toBeUndefined();
    expect(() => one.open(request)).not.toThrow();
  });

  it("B87: on a request of Node the error goes to the application's error handler", () => {
    const [one, other] = [express(createSessions()), express(createSessions(), { as: "other" })];
    const req = { method: "GET", url: "/", headers: {}, socket: {}, httpVersionMajor: 1 };
    const res = { headersSent: false, on: noop, once: noop, setHeader: noop, getHeader: noop };
    const errors: unknown[] = [];
    one(req as never, res as never, (error) => errors.push(error));
    other(req as never, res as never, (error) => errors.push(error));
    expect(errors).toEqual([undefined, expect.objectContaining({ code: "INVALID_OPTION" })]);
  });
});
