import { setTimeout as sleep } from "node:timers/promises";
import session, { Cookie, MemoryStore, Session, Store } from "coatcheck/express-session";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { askHttp2, deferred, serve } from "../../support/adapters/node.ts";
import { type App, Client, cookiesOf, type Handler, start } from "../../support/express-session/apps.ts";

const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => void unhandled.push(error);
beforeAll(() => void process.on("unhandledRejection", onUnhandled));
afterAll(() => void process.off("unhandledRejection", onUnhandled));

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
  expect(unhandled.splice(0)).toEqual([]);
});

type Options = Parameters<typeof start>[1];
const quiet = { resave: false, saveUninitialized: false };

function storeOf(changes: object = {}): { own: MemoryStore; store: MemoryStore } {
  const own = Object.assign(new MemoryStore(), changes);
  return { own, store: own };
}

async function begin(options: Options, ...handlers: Handler[]): Promise<App> {
  const app = await start("ours", { ...quiet, ...options }, ...handlers);
  open.push(app);
  return app;
}

const login: Handler = (req, res) => {
  req.session.user = { name: "Ada" };
  res.end("ok");
};

test("a redirect leaves when the session is stored", async () => {
  const { own, store } = storeOf();
  const { set } = own;
  const held = deferred();
  Reflect.set(own, "set", async (...args: Parameters<typeof set>) => {
    await held.promise;
    Reflect.apply(set, own, args);
  });
  const app = await begin({ store }, (req, res) => {
    req.session.user = { name: "Ada" };
    res.redirect("/home");
  });
  const heads: unknown[] = [];
  const asked = new Client().get(app, "/", { onHead: (head) => void heads.push(head) });
  await sleep(50);
  expect(heads).toEqual([]);
  held.resolve();
  expect((await asked).status).toBe(302);
  expect(Object.values(own.sessions).join()).toContain("Ada");
});

test("what a handler changes after the first byte is stored before the last one", async () => {
  const { own, store } = storeOf();
  const app = await begin({ store }, (req, res) => {
    req.session.views = 1;
    res.write("a");
    setImmediate(() => {
      req.session.views = 2;
      res.end("b", () => undefined);
    });
  });
  const client = new Client();
  expect((await client.get(app)).body).toBe("ab");
  expect(Object.values(own.sessions).join()).toContain('"views":2');
});

test("a path covers whole segments", async () => {
  const app = await begin({ cookie: { path: "/foo" } }, (req, res) => void res.end(typeof req.session));
  const bodies = [];
  for (const path of ["/foo", "/foo/bar", "/foo?x", "/foobar", "/"])
    bodies.push((await new Client().get(app, path)).body);
  expect(bodies).toEqual(["object", "object", "object", "undefined", "undefined"]);
});

test("the cookie has Max-Age beside Expires", async () => {
  const app = await begin({ cookie: { maxAge: 60_000 } }, login);
  const [line = ""] = cookiesOf(await new Client().get(app));
  expect(line).toMatch(/; Max-Age=60; .*Expires=/);
});

const unset: Handler = (req, res) => {
  Reflect.set(req, "session", null);
  res.end();
};

describe("the cookie of a session that ends is expired", () => {
  const cases: [string, Options, Handler][] = [
    ["by destroy()", {}, (req, res) => void req.session.destroy(() => res.end())],
    ["by null and unset", { unset: "destroy" }, unset],
  ];

  test.each(cases)("%s", async (_, options, end) => {
    const { own, store } = storeOf();
    const cookie = { path: "/app", maxAge: 60_000, sameSite: "lax" } as const;
    const app = await begin({ ...options, store, cookie }, (req, res, next) =>
      req.path === "/app" ? login(req, res, next) : end(req, res, next),
    );
    expect(cookiesOf(await new Client().get(app, "/app/end"))).toEqual([]);
    const client = new Client();
    await client.get(app, "/app");
    expect(cookiesOf(await client.get(app, "/app/end"))).toEqual([
      "connect.sid=; Max-Age=0; Path=/app; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax",
    ]);
    expect(own.sessions).toEqual({});
  });
});

test("without a callback the methods return promises", async () => {
  const { own, store } = storeOf();
  const app = await begin({ store }, async (req, res) => {
    const first = req.sessionID;
    req.session.views = 1;
    await req.session.save();
    req.session.views = 2;
    await req.session.reload();
    const { views } = req.session;
    await req.session.regenerate();
    const isOther = req.sessionID !== first;
    await req.session.destroy();
    res.json([views, isOther, req.session === undefined]);
  });
  expect((await new Client().get(app)).body).toBe("[1,true,true]");
  expect(own.sessions).toEqual({});
});

const failing = {
  set: (_sid: string, _session: unknown, callback: (error: Error) => void) => callback(new Error("disk full")),
};

test("a promise that nobody waits for crashes nothing", async () => {
  const { store } = storeOf(failing);
  const app = await begin({ store }, (req, res) => {
    void req.session.save();
    res.end();
  });
  expect((await new Client().get(app)).status).toBe(200);
  await sleep(10);
});

test("a session that cannot be stored is told to the application when the response has left", async () => {
  const { store } = storeOf(failing);
  const app = await begin({ store }, login);
  expect((await new Client().get(app)).body).toBe("ok");
  await expect.poll(() => app.errors).toEqual([new Error("disk full")]);
});

test("failClosed answers with the error", async () => {
  const { store } = storeOf(failing);
  const app = await begin({ store, failClosed: true }, login);
  const answer = await new Client().get(app);
  expect([answer.status, answer.body, cookiesOf(answer)]).toEqual([500, "failed", []]);
  expect(app.errors).toEqual([new Error("disk full")]);
});

test("a session that is no JSON is an error, and not a crash", async () => {
  const app = await begin({}, (req, res) => {
    Reflect.set(req.session, "n", 1n);
    res.end();
  });
  expect((await new Client().get(app)).status).toBe(500);
});

test("a forged or damaged cookie begins a new session, without a call of the store", async () => {
  const calls: string[] = [];
  const get = (sid: string, callback: () => void): void => {
    calls.push(sid);
    callback();
  };
  const { store } = storeOf({ get });
  const app = await begin({ store }, (req, res) => void res.end(req.sessionID));
  for (const value of ["", "s:", "s:.", "s:abc", "s:abc.def", "abc", "s%3Aabc.%E0%A4%A", "j:{}"]) {
    const answer = await new Client().get(app, "/", { headers: { cookie: `connect.sid=${value}` } });
    expect([answer.status, answer.body.length]).toEqual([200, 32]);
  }
  expect(calls).toEqual([]);
});

test("the first secret signs, and all of them verify", async () => {
  const { store } = storeOf();
  const read: Handler = (req, res) => void res.end(String(req.session.user?.name));
  const old = await begin({ store, secret: "old" }, login);
  const both = await begin({ store, secret: ["new", "old"] }, read);
  const next = await begin({ store, secret: "new" }, read);
  const client = new Client();
  await client.get(old);
  expect((await client.get(both)).body).toBe("Ada");
  expect((await client.get(next)).body).toBe("undefined");
});

test("one store serves two middlewares, each by its own options", async () => {
  const { store } = storeOf();
  const one = await begin({ store, name: "one", cookie: { path: "/a" } }, login);
  await begin({ store, name: "two", cookie: { path: "/b", maxAge: 1000 } }, login);
  const [line = ""] = cookiesOf(await new Client().get(one, "/a"));
  expect(line).toMatch(/^one=[^;]+; Path=\/a; HttpOnly$/);
});

test("a function may leave the cookie's attributes to the connection", async () => {
  const cookie = () => ({ secure: "auto", sameSite: "auto" }) as const;
  const app = await begin({ cookie, proxy: true }, login);
  const lines = [];
  for (const proto of ["https, http", "http"]) {
    const [line = ""] = cookiesOf(await new Client().get(app, "/", { headers: { "x-forwarded-proto": proto } }));
    lines.push(line.replace(/=[^;]+/, "=…"));
  }
  expect(lines).toEqual([
    "connect.sid=…; Path=/; HttpOnly; Secure; SameSite=None",
    "connect.sid=…; Path=/; HttpOnly; SameSite=Lax",
  ]);
});

test("works over HTTP/2", async () => {
  const middleware = session({ secret: "keyboard cat" });
  const served = await serve(
    (req, res) => middleware(req, res, () => res.end(typeof Reflect.get(req, "session"))),
    "h2c",
  );
  open.push(served);
  const answer = await askHttp2(served.url.replace("https", "http"));
  expect([answer.body, cookiesOf(answer).length]).toEqual(["object", 1]);
});

test("stores of every age can be built on Store", () => {
  class Modern extends Store {}
  function Old(this: object): void {
    Reflect.apply(Store, this, []);
  }
  Object.setPrototypeOf(Old.prototype, Store.prototype);
  for (const Constructor of [Modern, Old as unknown as typeof Modern, MemoryStore]) {
    const heard: string[] = [];
    const store = new Constructor();
    store.on("connect", () => void heard.push("connect"));
    store.emit("connect");
    expect(heard).toEqual(["connect"]);
    expect(typeof store.createSession).toBe("function");
    expect(typeof store.regenerate).toBe("function");
  }
  expect([session.Store, session.MemoryStore, session.Session, session.Cookie]).toEqual([
    Store,
    MemoryStore,
    Session,
    Cookie,
  ]);
});

test("load() reads a session without a request", async () => {
  const { own, store } = storeOf();
  const app = await begin({ store }, login);
  await new Client().get(app);
  const [sid = ""] = Object.keys(own.sessions);
  const loaded = deferred<Session | undefined>();
  own.load(sid, (_error, found) => loaded.resolve(found));
  expect(await loaded.promise).toMatchObject({ user: { name: "Ada" }, cookie: { path: "/" } });
});

test("while the store is disconnected there is no session", async () => {
  const { own, store } = storeOf();
  const app = await begin({ store }, (req, res) => void res.end(typeof req.session));
  own.emit("disconnect");
  expect((await new Client().get(app)).body).toBe("undefined");
  own.emit("connect");
  expect((await new Client().get(app)).body).toBe("object");
});

test.each([
  [{ genid: "x" }, /genid must/],
  [{ unset: "x" }, /unset must/],
  [{ secret: [] }, /secret option array is empty/],
])("the options %j are refused", (options, message) => {
  expect(() => session(options as never)).toThrow(message);
});
