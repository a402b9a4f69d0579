import { once } from "node:events";
import http from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createSessions, type SessionsOptions } from "coatcheck";
import { session as onExpress } from "coatcheck/express";
import { session as onFastify } from "coatcheck/fastify";
import { session as onKoa } from "coatcheck/koa";
import { listener, session as onNode } from "coatcheck/node";
import { memoryStore } from "coatcheck/stores/memory";
import compression from "compression";
import express from "express";
import express4 from "express4";
import fastify from "fastify";
import { createProxyMiddleware } from "http-proxy-middleware";
import Koa from "koa";
import { createRequest, createResponse } from "node-mocks-http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { testStore } from "../../src/testing/adapter/recording-store.ts";
import { ask, deferred, type Listener, type Served, serve } from "../support/adapters/node.ts";
import { ownTime } from "../support/own-time.ts";

interface Visit {
  views: number;
}

const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => void unhandled.push(error);
beforeAll(() => void process.on("unhandledRejection", onUnhandled).on("uncaughtException", onUnhandled));
afterAll(() => void process.off("unhandledRejection", onUnhandled).off("uncaughtException", onUnhandled));

const open: Served[] = [];
const ends: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  for (const end of ends.splice(0)) await end();
  expect(unhandled.splice(0)).toEqual([]);
});

/** Sessions whose store takes a while, so that each answer with a change is held. */
function setUp(options: Omit<SessionsOptions<Visit>, "store" | "schema"> = {}) {
  const store = testStore(memoryStore());
  store.delay = 20;
  const sessions = createSessions<Visit>({ store, observer: () => undefined, pruneInterval: false, ...options });
  return { store, sessions };
}

async function listening(app: Listener): Promise<string> {
  const served = await serve(app);
  open.push(served);
  return served.url;
}

const big = "x".repeat(5_000_000);

describe.each([
  ["express 4", express4 as typeof express],
  ["express 5", express],
])("a held response of %s", (_, framework) => {
  async function serving(
    build: (app: express.Express) => void,
    { isDown = false, first = [] as express.Handler[] } = {},
  ) {
    const { store, sessions } = setUp();
    const app = framework().set("env", "test");
    if (first.length > 0) app.use(...first);
    app.use(onExpress(sessions), (req, _res, next) => {
      sessions.get(req).set("views", 1);
      store.isDown = isDown;
      next();
    });
    build(app);
    return { url: await listening(app as unknown as Listener), store, sessions };
  }

  it.each([
    ["json", (res: express.Response) => void res.json({ ok: true }), '{"ok":true}'],
    ["send, of more than a connection takes", (res: express.Response) => void res.send(big), big],
    [
      "pieces",
      (res: express.Response) => {
        res.write("one ");
        res.end("two");
      },
      "one two",
    ],
  ])("B61: by %s is delivered when its handler throws afterwards", async (_, answer, expected) => {
    const { url } = await serving((app) => {
      app.get("/", (_req, res) => {
        answer(res);
        throw new Error("after the answer");
      });
    });
    const { status, body, headers } = await ask(url);
    expect(status).toBe(200);
    expect(body === expected).toBe(true);
    expect(headers["set-cookie"]).toHaveLength(1);
  });

  it("B61: a held response is delivered when its handler throws afterwards, compressed", async () => {
    const { url } = await serving(
      (app) => {
        app.get("/", (_req, res) => {
          res.type("text/plain").send("answered");
          throw new Error("after the answer");
        });
      },
      { first: [compression({ threshold: 0 })] },
    );
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([200, "answered"]);
    expect(response.headers.get("content-encoding")).not.toBeNull();
  });

  it("B61: a held response is the first of two, and the second meets Node's own error", async () => {
    const caught: unknown[] = [];
    const { url } = await serving((app) => {
      app.get("/", (_req, res) => {
        res.json("first");
        res.json("second");
      });
      const onError: express.ErrorRequestHandler = (error, _req, res, next) => {
        caught.push(error.code, res.headersSent);
        next(error);
      };
      app.use(onError);
    });
    expect(await ask(url)).toMatchObject({ status: 200, body: '"first"' });
    expect(caught).toEqual(["ERR_HTTP_HEADERS_SENT", true]);
  });

  it("B61: a held response is the only one where a handler responds and calls next()", async () => {
    const { url } = await serving((app) => {
      app.get("/", (_req, res, next) => {
        res.send("answered");
        next();
      });
    });
    expect(await ask(url)).toMatchObject({ status: 200, body: "answered" });
  });

  it("B61: a held response does not end the process when more is written, guarded by writableEnded, after its end", async () => {
    const told = deferred<unknown>();
    const { url } = await serving((app) => {
      app.get("/", (_req, res) => {
        res.write("one ");
        res.end("two");
        if (!res.writableEnded) res.write(" three", told.resolve);
        if (!res.writableEnded) res.end(" four");
      });
    });
    expect(await ask(url)).toMatchObject({ status: 200, body: "one two" });
    expect(await told.promise).toMatchObject({ code: "ERR_STREAM_WRITE_AFTER_END" });
  });

  it("B61: a held response has ended, and finished, only when it has left", async () => {
    ownTime();
    const events: unknown[] = [];
    const { url, store } = await serving((app) => {
      app.get("/", (_req, res) => {
        res.on("finish", () => events.push("finish", res.writableEnded, [...store.events]));
        res.send("answered");
        events.push(res.writableEnded, res.writableFinished);
      });
    });
    await ask(url);
    await expect.poll(() => events).toEqual([false, false, "finish", true, ["create"]]);
  });

  it("B61: a held response that is half written when its handler throws does not look whole", async () => {
    const { url } = await serving((app) => {
      app.get("/", (_req, res) => {
        res.write("half");
        throw new Error("in the middle");
      });
    });
    await expect(ask(url)).rejects.toThrow();
  });

  it("B24: a held response gives way to the error of its commit, also when its handler threw afterwards", async () => {
    const { url } = await serving(
      (app) => {
        app.get("/", (_req, res) => {
          res.json({ ok: true });
          throw new Error("after the answer");
        });
      },
      { isDown: true },
    );
    const { status, headers } = await ask(url);
    expect(status).toBe(503);
    expect(headers).not.toHaveProperty("set-cookie");
  });

  it("B61: a held response of a visitor who hangs up does not keep the connection", async () => {
    const closed = deferred();
    const { url, store } = await serving((app) => {
      app.get("/", (req, res) => {
        req.socket.on("close", () => closed.resolve());
        res.send("answered");
        socket.destroy();
      });
    });
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await closed.promise;
    await expect.poll(() => store.events).toContain("create");
  });

  it("B61: a held response of a mock request is complete, with its cookie, in its plain fields", async () => {
    const { sessions } = setUp();
    const app = framework();
    app.use(onExpress(sessions));
    app.get("/", (req, res) => {
      sessions.get(req).set("views", 1);
      res.json({ ok: true });
    });
    const { EventEmitter } = await import("node:events");
    const req = createRequest({ method: "GET", url: "/", headers: { host: "localhost" } });
    const res = createResponse({ req, eventEmitter: EventEmitter });
    const ended = once(res, "end");
    app(req, res);
    await ended;
    expect(res._getData()).toBe('{"ok":true}');
    expect(String(res.getHeader("set-cookie"))).toMatch(/session=/);
    expect([res.statusCode, res.headersSent, res.writableEnded]).toEqual([200, true, true]);
  });

  it("B61: a held response passes http-proxy-middleware, with the cookies of both sides", async () => {
    const behind = await listening((req, res) => {
      res.setHeader("set-cookie", "theirs=1; Path=/");
      res.setHeader("x-path", req.url ?? "");
      res.write("from ");
      setTimeout(() => res.end(req.url === "/big" ? big : "behind"), 5);
    });
    const { url } = await serving((app) => {
      app.use(createProxyMiddleware({ target: behind }));
    });
    const answer = await ask(`${url}/page`);
    expect(answer).toMatchObject({ status: 200, body: "from behind" });
    expect(answer.headers["set-cookie"]?.map((line) => line.split("=", 1)[0])).toEqual(["theirs", "session"]);
    expect((await ask(`${url}/big`)).body.length).toBe(big.length + 5);
  });

  it("B24: a held response of a proxy gives way to the error of its commit", async () => {
    const behind = await listening((_req, res) => void res.end("behind"));
    const { url } = await serving((app) => void app.use(createProxyMiddleware({ target: behind })), { isDown: true });
    expect((await ask(url)).status).toBe(503);
  });
});

describe("a held response", () => {
  it("B61: a held response of node:http is delivered when its handler throws afterwards, and the connection is kept", async () => {
    const { sessions } = setUp();
    const url = await listening(
      listener(sessions, (_req, res, visit) => {
        visit.set("views", 1);
        res.end("answered");
        throw new Error("after the answer");
      }),
    );
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    ends.push(() => agent.destroy());
    for (let i = 0; i < 2; i++) expect(await ask(url, { agent })).toMatchObject({ status: 200, body: "answered" });
  });

  it("B61: a held response survives that the response is destroyed after its end, as it does where nothing is held", async () => {
    const { sessions } = setUp();
    const mount = onNode(sessions);
    const url = await listening((req, res) =>
      mount(req, res, () => {
        if (req.url === "/stored") sessions.get(req).set("views", 1);
        res.end("answered");
        res.destroy(new Error("over"));
      }),
    );
    for (const path of ["/plain", "/stored"]) {
      expect(await ask(url + path), path).toMatchObject({ status: 200, body: "answered" });
    }
  });

  it("B61: a held response of one request waits on a connection that is closed together with another's", async () => {
    ownTime();
    const { store, sessions } = setUp();
    const mount = onNode(sessions);
    const url = await listening((req, res) =>
      mount(req, res, () => {
        sessions.get(req).set("views", 1);
        res.end(`answer ${req.url}\n`);
        req.socket.destroy();
      }),
    );
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    let bytes = "";
    socket.on("data", (chunk) => {
      bytes += chunk;
    });
    socket.write("GET /1 HTTP/1.1\r\nHost: localhost\r\n\r\nGET /2 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await once(socket, "close");
    expect(bytes.match(/answer \/\d/g)).toEqual(["answer /1", "answer /2"]);
    expect(store.writes).toEqual(["create", "create"]);
  });

  it("B61: a held response of Koa, sent past it, is delivered when its handler throws afterwards", async () => {
    const { sessions } = setUp();
    const app = new Koa();
    app.silent = true;
    app.use(onKoa(sessions));
    app.use((ctx) => {
      sessions.get(ctx).set("views", 1);
      ctx.status = 200;
      ctx.res.end("answered");
      if (ctx.path === "/thrown") throw new Error("after the answer");
    });
    const url = await listening(app.callback() as Listener);
    for (const path of ["/", "/thrown"]) {
      const { status, body, headers } = await ask(url + path);
      expect({ status, body }).toEqual({ status: 200, body: "answered" });
      expect(headers["set-cookie"]).toHaveLength(1);
    }
  });

  it.each(["thrown", "twice", "late", "returned"])(
    "B61: a held response of Fastify is delivered, and sent once: %s",
    async (way) => {
      const { sessions } = setUp();
      const lines: string[] = [];
      const app = fastify({ logger: { level: "warn", stream: { write: (line: string) => void lines.push(line) } } });
      ends.push(() => app.close());
      const sent: boolean[] = [];
      const over = deferred();
      app.register(onFastify(sessions));
      app.get("/", async (request, reply) => {
        sessions.get(request).set("views", 1);
        sent.push(reply.sent);
        reply.send("answered");
        sent.push(reply.sent);
        try {
          if (way === "thrown") throw new Error("after the answer");
          if (way === "twice") reply.send("again");
          if (way === "late") {
            await sleep(1);
            reply.send("again");
          }
          return way === "returned" ? "again" : undefined;
        } finally {
          over.resolve();
        }
      });
      const url = await app.listen({ port: 0, host: "127.0.0.1" });
      const { status, body, headers } = await ask(url);
      await over.promise;
      expect({ status, body, sent }).toEqual({ status: 200, body: "answered", sent: [false, true] });
      expect(headers["set-cookie"]).toHaveLength(1);
      expect(lines.join("")).toContain(way === "thrown" ? "reply.sent = true was set" : "Reply was already sent");
    },
  );
});
