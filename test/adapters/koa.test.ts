import { once } from "node:events";
import { Readable } from "node:stream";
import { createSessions, query, type SessionsOptions } from "coatcheck";
import { session } from "coatcheck/koa";
import { memoryStore } from "coatcheck/stores/memory";
import Koa from "koa";
import { afterEach, describe, expect, it } from "vitest";
import { testStore } from "../../src/testing/adapter/recording-store.ts";
import { ask, askBy, type Protocol, type Served, serve } from "../support/adapters/node.ts";
import { ownTime } from "../support/own-time.ts";

interface Visit {
  views: number;
}

function setUp(options: Omit<SessionsOptions<Visit>, "store" | "schema"> = {}) {
  const store = testStore(memoryStore());
  const sessions = createSessions<Visit>({ store, observer: () => undefined, pruneInterval: false, ...options });
  return { store, sessions };
}

const open: Served[] = [];
afterEach(async () => void (await Promise.all(open.splice(0).map((one) => one.close()))));

async function listening(build: (app: Koa) => void, protocol: Protocol = "http"): Promise<string> {
  const app = new Koa();
  app.silent = true;
  build(app);
  const served = await serve(app.callback(), protocol);
  open.push(served);
  return served.url;
}

const sessionOf = (ctx: object): unknown => Reflect.get(ctx, "session");

describe("the response", () => {
  it.each(["http", "http2"] as const)("B23: every kind of body arrives over %s, with its cookie", async (protocol) => {
    const { store, sessions } = setUp();
    store.delay = 20;
    const lines = "line\n".repeat(100_000);
    const bodies: Record<string, () => unknown> = {
      "/text": () => lines,
      "/buffer": () => Buffer.from(lines),
      "/stream": () => Readable.from(lines.match(/.{1,9999}/gs)!),
      "/web": () => new Blob([lines]).stream(),
      "/blob": () => new Blob([lines]),
      "/response": () => new Response(lines),
    };
    const url = await listening((app) => {
      app.use(session(sessions)).use((ctx) => {
        sessions.get(ctx).set("views", 1);
        ctx.body = bodies[ctx.path]?.();
      });
    }, protocol);
    for (const path of Object.keys(bodies)) {
      const { body, headers } = await askBy(protocol)(url + path);
      expect(body === lines, path).toBe(true);
      expect(headers["set-cookie"], path).toHaveLength(1);
    }
  });

  it("B23: what goes past Koa still leaves after the save, with its cookie", async () => {
    ownTime();
    const { store, sessions } = setUp();
    store.delay = 50;
    const url = await listening((app) => {
      app.use(session(sessions)).use((ctx) => {
        sessions.get(ctx).set("views", 1);
        ctx.respond = false;
        setImmediate(() => {
          sessions.get(ctx).set("views", 2);
          ctx.res.writeHead(201, { "content-type": "text/plain" });
          ctx.res.end("by hand");
        });
      });
    });
    const { status, headers, body } = await ask(url, { onHead: () => expect(store.writes).toEqual(["create"]) });
    expect({ status, body }).toEqual({ status: 201, body: "by hand" });
    expect(headers["set-cookie"]).toHaveLength(1);
    const { sessions: all } = await sessions.list({ anyUser: true });
    expect(await sessions.edit(all[0]?.id ?? "", (visit) => visit.get("views"))).toBe(2);
  });

  it("B23: headers that are flushed early have the cookie", async () => {
    const { sessions } = setUp();
    const url = await listening((app) => {
      app.use(session(sessions)).use(async (ctx) => {
        sessions.get(ctx).set("views", 1);
        ctx.status = 200;
        ctx.flushHeaders();
        ctx.body = Readable.from(["one ", "two"]);
      });
    });
    const { headers, body } = await ask(url);
    expect([headers["set-cookie"]?.length, body]).toEqual([1, "one two"]);
  });

  it("B19: an error that Koa answers unsets all headers, but not the cookie of what was saved", async () => {
    const { sessions } = setUp();
    const url = await listening((app) => {
      app.use(session(sessions)).use(async (ctx) => {
        sessions.get(ctx).set("views", 1);
        await sessions.get(ctx).save();
        ctx.set("x-lost", "yes");
        sessions.get(ctx).set("views", 2);
        ctx.throw(ctx.path === "/gone" ? 410 : 502);
      });
    });
    for (const [path, status, views] of [
      ["/gone", 410, 2],
      ["/broken", 502, 1],
    ] as const) {
      const { headers, ...answer } = await ask(url + path);
      expect([answer.status, headers["x-lost"], headers["set-cookie"]?.length]).toEqual([status, undefined, 1]);
      const [pair = ""] = headers["set-cookie"]?.[0]?.split(";") ?? [];
      const id = pair.slice("session=".length).split(".")[0] ?? "";
      expect(await sessions.edit(id, (visit) => visit.get("views"))).toBe(views);
    }
  });

  it("B19: the status is the one by which a middleware answers an error", async () => {
    const { sessions } = setUp();
    const url = await listening((app) => {
      app.use(async (ctx, next) => {
        await next().catch((error) => {
          ctx.status = Number(error.message);
          ctx.body = "caught";
        });
      });
      app.use(session(sessions)).use((ctx) => {
        sessions.get(ctx).set("views", 1);
        throw new Error(ctx.path.slice(1));
      });
    });
    expect((await ask(`${url}/500`)).headers["set-cookie"]).toBeUndefined();
    expect((await ask(`${url}/422`)).headers["set-cookie"]).toHaveLength(1);
    expect(await sessions.count()).toBe(1);
  });
});

describe("B24: a failed commit", () => {
  async function failing(answer: Koa.Middleware, ...before: Koa.Middleware[]) {
    const { store, sessions } = setUp();
    const emitted: unknown[] = [];
    const url = await listening((app) => {
      app.on("error", (error) => void emitted.push(error.code));
      for (const one of before) app.use(one);
      app.use(session(sessions)).use(async (ctx, next) => {
        sessions.get(ctx).set("views", 1);
        store.isDown = true;
        await answer(ctx, next);
      });
    });
    return { url, emitted };
  }

  it("B24: a failed commit is thrown to the middleware before, which need not repeat the status", async () => {
    const caught: unknown[] = [];
    const { url, emitted } = await failing(
      (ctx) => {
        ctx.cookies.set("theme", "dark");
        ctx.etag = "one";
        ctx.body = { ok: true };
        ctx.redirect("/elsewhere");
      },
      async (ctx, next) => {
        await next().catch((error) => {
          caught.push(error.code);
          ctx.body = { error: "sorry" };
        });
      },
    );
    const { status, reason, headers, body } = await ask(url);
    expect({ status, reason, body }).toEqual({
      status: 503,
      reason: "Service Unavailable",
      body: '{"error":"sorry"}',
    });
    expect([headers.location, headers.etag]).toEqual([undefined, undefined]);
    expect(headers["set-cookie"]).toEqual(["theme=dark; path=/; httponly"]);
    expect([caught, emitted]).toEqual([["STORE_UNAVAILABLE"], []]);
  });

  it("B24: a failed commit leaves nothing of the response to a middleware that only gives a status", async () => {
    const { url } = await failing(
      (ctx) => {
        ctx.body = { secret: true };
      },
      async (ctx, next) => {
        await next().catch(() => {
          ctx.status = 500;
        });
      },
    );
    expect(await ask(url)).toMatchObject({ status: 500, body: "Internal Server Error" });
  });

  it("B24: a failed commit is Koa's to answer where no middleware does, and is told to app.on('error')", async () => {
    const { url, emitted } = await failing((ctx) => {
      ctx.body = "never";
    });
    const { status, headers, body } = await ask(url);
    expect({ status, body }).toEqual({ status: 503, body: "Service Unavailable" });
    expect(headers["set-cookie"]).toBeUndefined();
    expect(emitted).toEqual(["STORE_UNAVAILABLE"]);
  });

  it("B24: a failed commit goes to ctx.onerror where the response goes past Koa", async () => {
    const { url, emitted } = await failing((ctx) => {
      ctx.respond = false;
      ctx.res.setHeader("location", "/elsewhere");
      ctx.res.end("by hand");
    });
    const { status, headers, body } = await ask(url);
    expect({ status, body }).toEqual({ status: 503, body: "Service Unavailable" });
    expect(headers.location).toBeUndefined();
    expect(emitted).toEqual(["STORE_UNAVAILABLE"]);
  });

  it("B24: a failed commit closes the stream that was to be sent", async () => {
    const stream = Readable.from(["never"]);
    const { url } = await failing((ctx) => {
      ctx.body = stream;
    });
    const closed = once(stream, "close");
    expect((await ask(url)).body).toBe("Service Unavailable");
    await closed;
  });
});

describe("the middleware", () => {
  it("Koa's middleware gives the session as ctx.session, under another name and by sessions.get(), once, and not to be replaced", async () => {
    const { store, sessions } = setUp();
    const { sessions: prefs } = setUp({ name: "prefs" });
    const url = await listening((app) => {
      app
        .use(session(sessions))
        .use(session(prefs, { as: "prefs" }))
        .use(session(sessions, { as: "visit" }));
      app.use(session(sessions)).use((ctx) => {
        expect(() => Object.assign(ctx, { session: null })).toThrow(TypeError);
        const named = [sessionOf(ctx), ctx.visit, ctx.prefs];
        ctx.body = [sessions.get(ctx), sessions.get(ctx.req), prefs.get(ctx)].map((one, n) => one === named[n]);
      });
    });
    const { cookie } = await sessions.issue({ data: { views: 1 } });
    store.calls.length = 0;
    expect((await ask(url, { headers: { cookie } })).body).toBe("[true,true,true]");
    expect(store.calls).toEqual(["read"]);
  });

  it("Koa's middleware refuses a name that is taken, and says how to mount it under another", async () => {
    const { sessions } = setUp();
    const caught: unknown[] = [];
    const url = await listening((app) => {
      app.on("error", (error) => void caught.push(error.message));
      app.use(session(sessions, { as: "state" }));
    });
    expect((await ask(url)).status).toBe(500);
    expect(caught).toEqual([expect.stringContaining('as: "visit"')]);
  });

  it("Koa's middleware leaves out what skip names, and says so when it is used", async () => {
    const { store, sessions } = setUp({ skip: ({ url }) => url.startsWith("/api/") });
    const caught: unknown[] = [];
    const url = await listening((app) => {
      app.on("error", (error) => void caught.push(error.code));
      app.use(session(sessions)).use(session(sessions));
      app.use((ctx) => {
        ctx.body = ctx.path === "/api/use" ? ctx.session.get("views") : [sessions.tryGet(ctx) === undefined];
      });
    });
    const { cookie } = await sessions.issue({ data: { views: 1 } });
    store.calls.length = 0;
    expect((await ask(`${url}/api/health`, { headers: { cookie } })).body).toBe("[true]");
    expect((await ask(`${url}/api/use`, { headers: { cookie } })).status).toBe(500);
    expect(caught).toEqual(["SESSION_NOT_MOUNTED"]);
    expect(store.calls).toEqual([]);
  });

  it("Koa's middleware loads on demand when it is lazy", async () => {
    const { store, sessions } = setUp();
    const url = await listening((app) => {
      app.use(session(sessions, { lazy: true })).use(async (ctx) => {
        ctx.body = ctx.path === "/loaded" ? [(await sessions.get(ctx).load()).get("views")] : "plain";
      });
    });
    const { cookie } = await sessions.issue({ data: { views: 3 } });
    store.calls.length = 0;
    expect((await ask(`${url}/plain`, { headers: { cookie } })).body).toBe("plain");
    expect(store.calls).toEqual([]);
    expect((await ask(`${url}/loaded`, { headers: { cookie } })).body).toBe("[3]");
  });

  it("B22: https is what Koa says it is, by its own setting app.proxy", async () => {
    const { sessions } = setUp();
    const url = await listening((app) => {
      app.proxy = true;
      app.use(session(sessions)).use((ctx) => {
        sessions.get(ctx).set("views", 1);
        ctx.body = "ok";
      });
    });
    const headers = { host: "shop.example", "x-forwarded-proto": "https" };
    expect((await ask(url, { headers })).headers["set-cookie"]).toEqual([
      expect.stringMatching(/^__Host-session=.*Secure/),
    ]);
    expect((await ask(url, { headers: { host: "shop.example" } })).status).toBe(500);
  });

  it("B26: the token in the query is that of the URL that the client sent", async () => {
    const { sessions } = setUp({ transports: [query("sid")] });
    const url = await listening((app) => {
      app.use((ctx, next) => {
        ctx.url = "/";
        return next();
      });
      app.use(session(sessions)).use((ctx) => {
        ctx.body = [sessions.get(ctx).get("views")];
      });
    });
    const { token } = await sessions.issue({ data: { views: 3 } });
    expect((await ask(`${url}/shop?sid=${token}`)).body).toBe("[3]");
  });
});
