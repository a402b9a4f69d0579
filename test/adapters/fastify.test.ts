import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { createSessions, query, type SessionsOptions } from "coatcheck";
import { session } from "coatcheck/fastify";
import { memoryStore } from "coatcheck/stores/memory";
import fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { testStore } from "../../src/testing/adapter/recording-store.ts";
import { ask, askHttp2 } from "../support/adapters/node.ts";
import { ownTime } from "../support/own-time.ts";

interface Visit {
  views: number;
}

function setUp(options: Omit<SessionsOptions<Visit>, "store" | "schema"> = {}) {
  const store = testStore(memoryStore());
  const sessions = createSessions<Visit>({ store, observer: () => undefined, pruneInterval: false, ...options });
  return { store, sessions };
}

const open: FastifyInstance[] = [];
afterEach(async () => void (await Promise.all(open.splice(0).map((app) => app.close()))));

async function listening(build: (app: FastifyInstance) => void, options: FastifyServerOptions = {}): Promise<string> {
  const app = fastify({ forceCloseConnections: true, ...options });
  open.push(app);
  build(app);
  return (await app.listen({ port: 0, host: "127.0.0.1" })).replace("127.0.0.1", "localhost");
}

const sessionOf = (request: object): unknown => Reflect.get(request, "session");

describe("the response", () => {
  it("B23: a hijacked reply has no hooks, and still leaves after the save, with its cookie", async () => {
    ownTime();
    const { store, sessions } = setUp();
    const url = await listening((app) => {
      app.register(session(sessions));
      app.get("/", (request, reply) => {
        sessions.get(request).set("views", 1);
        reply.hijack();
        reply.raw.writeHead(201, { "content-type": "text/plain" });
        reply.raw.write("by ");
        reply.raw.end(`hand, ${store.events.length} written before`);
      });
    });
    store.delay = 50;
    const { status, headers, body } = await ask(url, { onHead: () => expect(store.writes).toEqual(["create"]) });
    expect({ status, body }).toEqual({ status: 201, body: "by hand, 0 written before" });
    const [cookie = ""] = headers["set-cookie"] ?? [];
    expect((await ask(url, { headers: { cookie } })).headers["set-cookie"]).toBeUndefined();
  });

  it("B24: a hijacked reply whose session cannot be stored is a plain error", async () => {
    const { store, sessions } = setUp();
    const url = await listening((app) => {
      app.register(session(sessions));
      app.get("/", (request, reply) => {
        sessions.get(request).set("views", 1);
        store.isDown = true;
        reply.hijack();
        reply.raw.end("by hand");
      });
    });
    const { status, headers, body } = await ask(url);
    expect(status).toBe(503);
    expect(headers["set-cookie"]).toBeUndefined();
    expect(body).toBe("The service is not available at the moment. Please try again.\n");
  });

  it("B19: the status is the final one, also where a later hook or a Response decides about it", async () => {
    const { sessions } = setUp();
    const url = await listening((app) => {
      app.register(session(sessions));
      app.register(async (below) => {
        below.addHook("onSend", async (_request, reply) => void reply.code(500));
        below.get("/hook", async (request) => `${sessions.get(request).set("views", 1).id}`);
      });
      app.get("/response", async (request) => {
        sessions.get(request).set("views", 1);
        return new Response("broken", { status: 502 });
      });
      app.get("/fine", async (request) => {
        sessions.get(request).set("views", 1);
        return new Response("fine", { status: 201, headers: { "x-of": "response" } });
      });
    });
    for (const [path, status] of [
      ["/hook", 500],
      ["/response", 502],
    ] as const) {
      const answer = await ask(url + path);
      expect([answer.status, answer.headers["set-cookie"]]).toEqual([status, undefined]);
    }
    expect(await sessions.count()).toBe(0);
    const fine = await ask(`${url}/fine`);
    expect(fine).toMatchObject({ status: 201, body: "fine", headers: { "x-of": "response" } });
    expect(fine.headers["set-cookie"]).toHaveLength(1);
  });

  it("B19: a stream that fails before its first byte changes nothing", async () => {
    const { sessions } = setUp();
    const url = await listening((app) => {
      app.register(session(sessions));
      app.get("/", (request, reply) => {
        sessions.get(request).set("views", 1);
        const stream = new Readable({ read: () => stream.destroy(new Error("no such file")) });
        return reply.send(stream);
      });
    });
    expect(await ask(url)).toMatchObject({ status: 500, body: expect.stringContaining("no such file") });
    expect(await sessions.count()).toBe(0);
  });

  it.each(["http", "http2"])("B23: every kind of body arrives whole over %s, with its cookie", async (protocol) => {
    const { store, sessions } = setUp();
    store.delay = 20;
    const lines = "line\n".repeat(100_000);
    const app = protocol === "http2" ? (fastify({ http2: true }) as unknown as FastifyInstance) : fastify();
    open.push(app);
    app.register(session(sessions));
    app.addHook("preHandler", async (request) => void sessions.get(request).set("views", 1));
    app.get("/text", async () => lines);
    app.get("/buffer", async () => Buffer.from(lines));
    app.get("/stream", async () => Readable.from(lines.match(/.{1,9999}/gs)!));
    app.get("/web", async () => new Blob([lines]).stream());
    app.get("/blob", async () => new Response(new Blob([lines])));
    const address = await app.listen({ port: 0, host: "127.0.0.1" });
    for (const path of ["/text", "/buffer", "/stream", "/web", "/blob"]) {
      const { body, headers } = await (protocol === "http2" ? askHttp2 : ask)(address + path);
      expect(body === lines, path).toBe(true);
      expect(headers["set-cookie"], path).toHaveLength(1);
    }
  });

  it("B23: trailers come after a held body", async () => {
    const { store, sessions } = setUp();
    store.delay = 20;
    const url = await listening((app) => {
      app.register(session(sessions));
      app.get("/", (request, reply) => {
        sessions.get(request).set("views", 1);
        reply.trailer("x-sum", (_reply, _payload, done) => done(null, "42"));
        reply.send("summed");
      });
    });
    const [response] = (await once(get(url), "response")) as [IncomingMessage];
    expect(response.headers["set-cookie"]).toHaveLength(1);
    expect(await text(response)).toBe("summed");
    expect(response.trailers).toEqual({ "x-sum": "42" });
  });

  it("B23: inject() sees what a visitor sees", async () => {
    const { store, sessions } = setUp();
    const app = fastify();
    open.push(app);
    app.register(session(sessions));
    app.get("/", async (request) => {
      const visit = sessions.get(request);
      visit.set("views", (visit.get("views") ?? 0) + 1);
      return { views: visit.get("views") };
    });
    const first = await app.inject("/");
    expect([first.json(), first.cookies.length]).toEqual([{ views: 1 }, 1]);
    const [{ name, value } = { name: "", value: "" }] = first.cookies;
    expect((await app.inject({ url: "/", cookies: { [name]: value } })).json()).toEqual({ views: 2 });
    store.isDown = true;
    const failed = await app.inject("/");
    expect([failed.statusCode, failed.cookies]).toEqual([503, []]);
  });
});

describe("B24: a failed commit", () => {
  async function failing(build: (app: FastifyInstance) => void): Promise<string> {
    const { store, sessions } = setUp();
    return listening((app) => {
      app.register(session(sessions));
      app.addHook("preHandler", async (request) => {
        sessions.get(request).set("views", 1);
        store.isDown = true;
      });
      build(app);
    });
  }

  it("B24: a failed commit goes to the nearest error handler, which need not repeat the status", async () => {
    const caught: unknown[] = [];
    const url = await failing((app) => {
      app.setErrorHandler((_error, _request, reply) => reply.send("of the application"));
      app.register(async (below) => {
        below.setErrorHandler(async (error: { code?: string }) => {
          caught.push(error.code);
          return { error: "sorry" };
        });
        below.get("/", (_request, reply) => reply.header("set-cookie", "theme=dark").redirect("/elsewhere", 303));
      });
    });
    const { status, headers, body } = await ask(url);
    expect({ status, body }).toEqual({ status: 503, body: '{"error":"sorry"}' });
    expect(headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(headers.location).toBeUndefined();
    expect(headers["set-cookie"]).toEqual(["theme=dark"]);
    expect(caught).toEqual(["STORE_UNAVAILABLE"]);
  });

  it("B24: a failed commit is answered where an error handler had answered, or fails itself", async () => {
    const url = await failing((app) => {
      app.setErrorHandler((error: { code?: string }, _request, reply) => {
        if (error.code === "STORE_UNAVAILABLE") throw error;
        reply.code(404).header("etag", '"gone"').send({ error: "not here" });
      });
      app.get("/missing", async () => Promise.reject(new Error("not here")));
      app.get("/", async () => "never");
    });
    for (const path of ["/missing", "/"]) {
      const { status, headers, body } = await ask(url + path);
      expect([status, headers.etag]).toEqual([503, undefined]);
      expect(JSON.parse(body)).toMatchObject({ statusCode: 503, code: "STORE_UNAVAILABLE" });
    }
  });

  it("B24: a failed commit closes the stream that was to be sent, and keeps the connection", async () => {
    const stream = Readable.from(
      (function* () {
        for (;;) yield "more";
      })(),
    );
    const url = await failing((app) => {
      app.get("/stream", (_request, reply) => reply.type("text/plain").send(stream));
      app.get("/plain", async () => "plain");
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const closed = once(stream, "close");
    const { status, headers, body } = await ask(`${url}/stream`, { agent });
    expect([status, headers["content-type"]]).toEqual([503, "application/json; charset=utf-8"]);
    expect(body).not.toContain("more");
    await closed;
    expect((await ask(`${url}/plain`, { agent })).status).toBe(503);
    agent.destroy();
  });
});

describe("the plugin", () => {
  it("Fastify's plugin holds for the instance that registers it and all below, and for no others", async () => {
    const { sessions } = setUp();
    const { sessions: prefs } = setUp({ name: "prefs" });
    const url = await listening((app) => {
      app.register(session(sessions));
      app.register(async (shop) => {
        shop.register(session(prefs, { as: "prefs" }));
        shop.get("/shop", async (request) => [sessionOf(request) === sessions.get(request), "prefs" in request]);
      });
      app.register(async (blog) => {
        blog.get("/blog", async (request) => [sessionOf(request) === sessions.get(request), "prefs" in request]);
      });
      app.setNotFoundHandler((request, reply) => reply.send([sessionOf(request) === sessions.get(request)]));
    });
    expect((await ask(`${url}/shop`)).body).toBe("[true,true]");
    expect((await ask(`${url}/blog`)).body).toBe("[true,false]");
    expect((await ask(`${url}/nowhere`)).body).toBe("[true]");
  });

  it("Fastify's plugin is mounted once, also under two names", async () => {
    const { store, sessions } = setUp();
    const url = await listening((app) => {
      app.register(session(sessions));
      app.register(session(sessions, { as: "visit" }));
      app.get("/", async (request) => Reflect.get(request, "visit") === sessionOf(request));
    });
    const { cookie } = await sessions.issue({ data: { views: 1 } });
    store.calls.length = 0;
    expect((await ask(url, { headers: { cookie } })).body).toBe("true");
    expect(store.calls).toEqual(["read"]);
  });

  it("Fastify's plugin refuses a name that is taken, and says how to mount it under another", async () => {
    const { sessions } = setUp();
    const app = fastify();
    app.decorateRequest("session", null);
    app.register(session(sessions));
    await expect(app.ready()).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringContaining('as: "visit"'),
    });
  });

  it("Fastify's plugin says which plugin and which Fastify it is", async () => {
    const { sessions } = setUp();
    const app = fastify();
    open.push(app);
    app.register(session(sessions));
    await app.ready();
    expect(app.hasPlugin("coatcheck")).toBe(true);
    const plugin = session(sessions);
    const meta = Object.getOwnPropertySymbols(plugin).map((key) => Reflect.get(plugin, key));
    expect(meta).toContainEqual({ name: "coatcheck", fastify: "5.x" });
  });

  it("Fastify's plugin gives a session that is not to be replaced", async () => {
    const { sessions } = setUp();
    const url = await listening((app) => {
      app.register(session(sessions));
      app.get("/", async (request) => {
        expect(() => Object.assign(request, { session: null })).toThrow(TypeError);
        return sessionOf(request) === request.getDecorator("session");
      });
    });
    expect((await ask(url)).body).toBe("true");
  });

  it("Fastify's plugin leaves out what skip names, and says so when it is used", async () => {
    const { store, sessions } = setUp({ skip: ({ url }) => url.startsWith("/api/") });
    const url = await listening((app) => {
      app.register(session(sessions));
      app.get("/api/health", async (request) => sessions.tryGet(request) === undefined);
      app.get("/api/use", async (request) => sessionOf(request));
    });
    const { cookie } = await sessions.issue({ data: { views: 1 } });
    store.calls.length = 0;
    expect((await ask(`${url}/api/health`, { headers: { cookie } })).body).toBe("true");
    const used = await ask(`${url}/api/use`, { headers: { cookie } });
    expect(used).toMatchObject({ status: 500, body: expect.stringContaining("There is no session") });
    expect(store.calls).toEqual([]);
  });

  it("Fastify's plugin loads on demand when it is lazy", async () => {
    const { store, sessions } = setUp();
    const url = await listening((app) => {
      app.register(session(sessions, { lazy: true }));
      app.get("/plain", async () => "plain");
      app.get("/early", async (request) => sessions.get(request).get("views"));
      app.get("/loaded", async (request) => (await sessions.get(request).load()).get("views"));
    });
    const { cookie } = await sessions.issue({ data: { views: 3 } });
    store.calls.length = 0;
    expect((await ask(`${url}/plain`, { headers: { cookie } })).body).toBe("plain");
    expect(store.calls).toEqual([]);
    const early = await ask(`${url}/early`, { headers: { cookie } });
    expect(early).toMatchObject({ status: 500, body: expect.stringContaining("session.load()") });
    expect((await ask(`${url}/loaded`, { headers: { cookie } })).body).toBe("3");
  });
});

describe("the request", () => {
  it("B22: https is what Fastify says it is, by its own option trustProxy", async () => {
    const { sessions } = setUp();
    const url = await listening(
      (app) => {
        app.register(session(sessions));
        app.get("/", async (request) => `${sessions.get(request).set("views", 1).id}`);
      },
      { trustProxy: "127.0.0.1" },
    );
    const headers = { host: "shop.example", "x-forwarded-proto": "https" };
    expect((await ask(url, { headers })).headers["set-cookie"]).toEqual([
      expect.stringMatching(/^__Host-session=.*Secure/),
    ]);
    expect((await ask(url, { headers: { host: "shop.example" } })).status).toBe(500);
  });

  it("B26: the token in the query is that of the URL that the client sent", async () => {
    const { sessions } = setUp({ transports: [query("sid")] });
    const url = await listening(
      (app) => {
        app.register(session(sessions));
        app.get("/rewritten", async (request) => sessions.get(request).get("views"));
      },
      { rewriteUrl: () => "/rewritten" },
    );
    const { token } = await sessions.issue({ data: { views: 3 } });
    expect((await ask(`${url}/shop?sid=${token}`)).body).toBe("3");
  });
});
