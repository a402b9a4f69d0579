import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { createSessions, query, type SessionsOptions } from "coatcheck";
import { session } from "coatcheck/express";
import { memoryStore } from "coatcheck/stores/memory";
import compression from "compression";
import express from "express";
import express4 from "express4";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { testStore } from "../../src/testing/adapter/recording-store.ts";
import { ask, type Served, serve } from "../support/adapters/node.ts";

interface Visit {
  views: number;
}
type App = ReturnType<typeof express>;

const folder = mkdtempSync(join(tmpdir(), "coatcheck-"));
const file = join(folder, "page.txt");
const text = Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`).join("");
writeFileSync(file, text);
afterAll(() => rmSync(folder, { recursive: true }));

const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => void unhandled.push(error);
beforeAll(() => void process.on("unhandledRejection", onUnhandled).on("uncaughtException", onUnhandled));
afterAll(() => void process.off("unhandledRejection", onUnhandled).off("uncaughtException", onUnhandled));

const open: Served[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  expect(unhandled.splice(0)).toEqual([]);
});

function setUp(options: Omit<SessionsOptions<Visit>, "store" | "schema"> = {}) {
  const store = testStore(memoryStore());
  const sessions = createSessions<Visit>({ store, observer: () => undefined, pruneInterval: false, ...options });
  return { store, sessions };
}

describe.each([
  ["express 4", express4],
  ["express 5", express],
])("%s", (_, framework) => {
  async function listening(build: (app: App) => void): Promise<string> {
    const app = framework().set("env", "test");
    build(app);
    const served = await serve(app);
    open.push(served);
    return served.url;
  }

  describe.each(["before", "after"] as const)("with compression %s us", (order) => {
    /** Every response writes to the session, and its store takes a while or fails. */
    async function serving({ isDown = false } = {}): Promise<string> {
      const { store, sessions } = setUp();
      store.delay = 20;
      return listening((app) => {
        const both = [compression({ threshold: 0 }), session(sessions)];
        app.use(...(order === "before" ? both : both.reverse()));
        app.use((req, _res, next) => {
          sessions.get(req).set("views", 1);
          store.isDown = isDown;
          next();
        });
        app.get("/send", (_req, res) => void res.send(text));
        app.get("/pieces", (_req, res) => {
          res.type("text/plain");
          for (const piece of text.match(/.{1,5000}/gs)!) res.write(piece);
          res.end();
        });
        app.get("/pipe", (_req, res) => {
          res.type("text/plain");
          Readable.from(text.match(/.{1,100}/gs)!).pipe(res);
        });
        app.get("/file", (_req, res) => res.sendFile(file));
        app.get("/events", async (_req, res) => {
          res.type("text/event-stream").flushHeaders();
          for (const event of [1, 2, 3]) {
            res.write(`data: ${event}\n\n`);
            res.flush();
            await sleep(5);
          }
          res.end();
        });
        app.get("/empty", (_req, res) => void res.status(204).end());
        app.get("/moved", (_req, res) => res.redirect("/send"));
      });
    }

    const visit = async (url: string, encoding: "br" | "gzip" | "identity") => {
      const response = await fetch(url, { headers: { "accept-encoding": encoding }, redirect: "manual" });
      return { response, body: await response.text(), cookies: response.headers.getSetCookie() };
    };

    it.each(["/send", "/pieces", "/pipe", "/file"])("B23: %s arrives whole, with its cookie", async (path) => {
      const url = await serving();
      for (const encoding of ["br", "gzip", "identity"] as const) {
        const { response, body, cookies } = await visit(url + path, encoding);
        expect(response.headers.get("content-encoding") ?? "identity").toBe(encoding);
        expect(body).toBe(text);
        expect(cookies).toHaveLength(1);
      }
    });

    it("B23: events, 204 and redirects arrive, with their cookie", async () => {
      const url = await serving();
      const events = await visit(`${url}/events`, "gzip");
      expect(events.body).toBe("data: 1\n\ndata: 2\n\ndata: 3\n\n");
      const empty = await visit(`${url}/empty`, "gzip");
      expect(empty.response.status).toBe(204);
      const moved = await visit(`${url}/moved`, "gzip");
      expect([moved.response.status, moved.response.headers.get("location")]).toEqual([302, "/send"]);
      for (const { cookies } of [events, empty, moved]) expect(cookies).toHaveLength(1);
    });

    it.each(["/send", "/pieces", "/pipe", "/file", "/events", "/empty", "/moved"])(
      "B24: after a failed commit, %s is the error and nothing else",
      async (path) => {
        const url = await serving({ isDown: true });
        const { response, body, cookies } = await visit(url + path, "gzip");
        expect(response.status).toBe(503);
        expect(body).toContain("The test has switched the store off.");
        expect(body).not.toContain("line 1\n");
        expect(cookies).toEqual([]);
        expect(response.headers.get("location")).toBeNull();
      },
    );
  });

  it("B23: files are sent in ranges and answered with 304, each with its cookie", async () => {
    const { sessions } = setUp();
    const url = await listening((app) => {
      app.use(session(sessions));
      app.get("/file", (req, res) => {
        sessions.get(req).set("views", 1);
        res.sendFile(file);
      });
    });
    const part = await ask(`${url}/file`, { headers: { range: "bytes=5-9" } });
    expect(part).toMatchObject({ status: 206, body: text.slice(5, 10) });
    const again = await ask(`${url}/file`, { headers: { "if-none-match": part.headers.etag ?? "" } });
    expect(again).toMatchObject({ status: 304, body: "" });
    for (const { headers } of [part, again]) expect(headers["set-cookie"]).toHaveLength(1);
  });

  it("B24: an error handler that forgets the status does not make a failed commit a success", async () => {
    const { store, sessions } = setUp();
    const caught: unknown[] = [];
    const url = await listening((app) => {
      app.use(session(sessions));
      app.get("/", (req, res) => {
        sessions.get(req).set("views", 1);
        store.isDown = true;
        res.cookie("theme", "dark").json({ ok: true });
      });
      app.use(((error, _req, res, _next) => {
        caught.push(error.code);
        res.json({ error: "sorry" });
      }) as express.ErrorRequestHandler);
    });
    const { status, headers, body } = await ask(url);
    expect({ status, body }).toEqual({ status: 503, body: '{"error":"sorry"}' });
    expect(headers["set-cookie"]).toEqual(["theme=dark; Path=/"]);
    expect(caught).toEqual(["STORE_UNAVAILABLE"]);
  });

  it("B23: a handler that responds twice is told so, and changes nothing by it", async () => {
    const { sessions } = setUp();
    const caught: unknown[] = [];
    const url = await listening((app) => {
      app.use(session(sessions));
      app.get("/", (req, res) => {
        sessions.get(req).set("views", 1);
        res.json({ answer: 1 });
        res.status(500).json({ answer: 2 });
      });
      app.use(((error, _req, _res, _next) => void caught.push(error.code)) as express.ErrorRequestHandler);
    });
    expect(await ask(url)).toMatchObject({ status: 200, body: '{"answer":1}' });
    expect(caught).toEqual(["ERR_HTTP_HEADERS_SENT"]);
  });

  it('B22: https is what Express says it is, by its own setting "trust proxy"', async () => {
    const { sessions } = setUp();
    const url = await listening((app) => {
      app.set("trust proxy", "loopback").use(session(sessions));
      app.get("/", (req, res) => {
        sessions.get(req).set("views", 1);
        res.send("ok");
      });
    });
    const headers = { host: "shop.example", "x-forwarded-proto": "https" };
    expect((await ask(url, { headers })).headers["set-cookie"]).toEqual([
      expect.stringMatching(/^__Host-session=.*Secure/),
    ]);
    expect((await ask(url, { headers: { host: "shop.example" } })).status).toBe(500);
  });

  it("the session of Express is available as req.session, under another name and by sessions.get(), and is not to be replaced", async () => {
    const { sessions } = setUp();
    const { sessions: prefs } = setUp({ name: "prefs" });
    const url = await listening((app) => {
      app.use(session(sessions), session(prefs, { as: "prefs" }));
      app.get("/", (req, res) => {
        const named = req as unknown as Record<string, unknown>;
        const isSame = named.session === sessions.get(req) && named.prefs === prefs.get(req);
        expect(() => Object.assign(req, { session: null })).toThrow(TypeError);
        res.json(isSame && sessions.tryGet({}) === undefined);
      });
    });
    expect((await ask(url)).body).toBe("true");
  });

  it("Express's middleware is mounted once, however often it is used", async () => {
    const { store, sessions } = setUp();
    const url = await listening((app) => {
      const router = framework.Router();
      router.use(session(sessions), session(sessions, { as: "visit" }));
      router.get("/", (req, res) => void res.json((req as unknown as { visit: unknown }).visit === sessions.get(req)));
      app.use(session(sessions));
      app.use("/shop", router);
    });
    const { cookie } = await sessions.issue({ data: { views: 1 } });
    store.calls.length = 0;
    expect((await ask(`${url}/shop`, { headers: { cookie } })).body).toBe("true");
    expect(store.calls).toEqual(["read"]);
  });

  it("Express's middleware refuses a name that is taken, and says how to mount it under another", async () => {
    const { sessions } = setUp();
    const { sessions: other } = setUp({ name: "other" });
    const url = await listening((app) => {
      app.use(session(sessions), session(other));
      app.get("/", (_req, res) => void res.send("ok"));
    });
    const { status, body } = await ask(url);
    expect(status).toBe(500);
    expect(body).toContain("as: &quot;visit&quot;");
  });

  it("Express's middleware refuses to be mounted when the response has begun", async () => {
    const { sessions } = setUp();
    const caught: unknown[] = [];
    const url = await listening((app) => {
      app.use((_req, res, next) => {
        res.send("early");
        next();
      });
      app.use(session(sessions));
      app.use(((error, _req, _res, _next) => void caught.push(error.code)) as express.ErrorRequestHandler);
    });
    expect((await ask(url)).body).toBe("early");
    expect(caught).toEqual(["HEADERS_SENT"]);
  });

  it("Express's middleware leaves out what skip names, by the path that the client sent, and says so when it is used", async () => {
    const { store, sessions } = setUp({ skip: ({ url }) => url.startsWith("/api/") });
    const url = await listening((app) => {
      const router = framework.Router();
      router.use(session(sessions), session(sessions));
      router.get("/health", (req, res) => void res.json(sessions.tryGet(req) === undefined));
      router.get("/use", (req, res) => void res.json(sessions.get(req).get("views")));
      router.get(
        "/named",
        (req, res) => void res.json((req as unknown as { session: Map<string, 1> }).session.get("views")),
      );
      app.use("/api", router);
    });
    const { cookie } = await sessions.issue({ data: { views: 1 } });
    store.calls.length = 0;
    expect((await ask(`${url}/api/health`, { headers: { cookie } })).body).toBe("true");
    for (const path of ["/api/use", "/api/named"]) {
      expect(await ask(url + path, { headers: { cookie } })).toMatchObject({
        status: 500,
        body: expect.stringContaining("There is no session"),
      });
    }
    expect(store.calls).toEqual([]);
  });

  it("B26: a router that cuts the path off leaves the token in the query", async () => {
    const { sessions } = setUp({ transports: [query("sid")] });
    const url = await listening((app) => {
      const router = framework.Router();
      router.use(session(sessions));
      router.get("/", (req, res) => void res.json(sessions.get(req).get("views")));
      app.use("/shop", router);
    });
    const { token } = await sessions.issue({ data: { views: 3 } });
    expect((await ask(`${url}/shop?sid=${token}`)).body).toBe("3");
  });

  it("Express's middleware loads on demand when it is lazy", async () => {
    const { store, sessions } = setUp();
    const url = await listening((app) => {
      app.use(session(sessions, { lazy: true }));
      app.get("/plain", (_req, res) => void res.send("plain"));
      app.get("/early", (req, res) => void res.json(sessions.get(req).get("views")));
      app.get("/loaded", async (req, res) => void res.json((await sessions.get(req).load()).get("views")));
    });
    const { cookie } = await sessions.issue({ data: { views: 3 } });
    store.calls.length = 0;
    expect((await ask(`${url}/plain`, { headers: { cookie } })).body).toBe("plain");
    expect(store.calls).toEqual([]);
    expect(await ask(`${url}/early`, { headers: { cookie } })).toMatchObject({
      status: 500,
      body: expect.stringContaining("session.load()"),
    });
    expect((await ask(`${url}/loaded`, { headers: { cookie } })).body).toBe("3");
    expect(store.calls).toEqual(["read"]);
  });

  it("B25: a store that is down on load fails the handler, not the mounting", async () => {
    const { store, sessions } = setUp();
    const { cookie } = await sessions.issue({ data: { views: 1 } });
    store.isDown = true;
    const url = await listening((app) => {
      app.use(session(sessions));
      app.get("/plain", (_req, res) => void res.send("plain"));
      app.get("/read", (req, res) => void res.json(sessions.get(req).get("views")));
    });
    expect((await ask(`${url}/plain`, { headers: { cookie } })).body).toBe("plain");
    expect((await ask(`${url}/read`, { headers: { cookie } })).status).toBe(503);
  });
});
