// Visits every host in a process whose global Promise is another class, put there before or after the library was loaded;
// prints what the visitor saw, as JSON.
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";

const [kind, order] = process.argv.slice(2) as ["zone.js" | "bluebird", "before" | "after"];

const problems: string[] = [];
const note = (error: unknown): void => void problems.push((error as Error)?.stack ?? String(error));
process.on("unhandledRejection", note).on("uncaughtException", note);

async function replace(): Promise<void> {
  const native = globalThis.Promise;
  if (kind === "zone.js") await import("zone.js/node" as string);
  else globalThis.Promise = (await import("bluebird")).default as never;
  if (globalThis.Promise === native) throw new Error(`${kind} has not replaced the global Promise.`);
}

if (order === "before") await replace();
const { createSessions } = await import("coatcheck");
const { memoryStore } = await import("coatcheck/stores/memory");
const { cookieStore } = await import("coatcheck/stores/cookie");
const adapters = {
  express: (await import("coatcheck/express")).session,
  koa: (await import("coatcheck/koa")).session,
  fastify: (await import("coatcheck/fastify")).session,
  hono: (await import("coatcheck/hono")).session,
  listener: (await import("coatcheck/node")).listener,
};
const { withCurrent } = await import("coatcheck/async-context");
if (order === "after") await replace();

const { default: express } = await import("express");
const { default: express4 } = await import("express4");
const { default: fastify } = await import("fastify");
const { default: Koa } = await import("koa");
const { Hono } = await import("hono");
const { getRequestListener } = await import("@hono/node-server");
const { testStore } = await import("../../../src/testing/adapter/recording-store.ts");

type Manager = ReturnType<typeof managed>["sessions"];
type Visit = ReturnType<Manager["get"]>;
type Listener = http.RequestListener;

function managed() {
  const store = testStore(memoryStore());
  const sessions = withCurrent(
    createSessions<{ views: number; hits: number }>({
      store,
      pruneInterval: false,
      observer: async () => {
        throw new Error("an observer's own business");
      },
    }),
  );
  return { store, sessions };
}

async function count(visit: Visit): Promise<string> {
  const views = ((visit.get("views") as number | undefined) ?? 0) + 1;
  visit.set("views", views);
  const hits = await visit.update("hits", (now = 0) => now + 1);
  return `${views} ${hits}`;
}

const hosts: Record<string, (sessions: Manager) => Listener | Promise<Listener>> = {
  "express 5": (sessions) => {
    const app = express().set("env", "test").use(adapters.express(sessions));
    app.get("/", async (req, res) => void res.send(await count(sessions.get(req))));
    app.get("/set", (req, res) => {
      sessions.get(req).set("views", 100);
      res.send("set");
    });
    return app;
  },
  "express 4": (sessions) => {
    const app = (express4 as typeof express)().set("env", "test").use(adapters.express(sessions));
    app.get("/", (req, res, next) => void count(sessions.get(req)).then((text) => res.send(text), next));
    app.get("/set", (req, res) => {
      sessions.get(req).set("views", 100);
      res.send("set");
    });
    return app;
  },
  koa: (sessions) => {
    const app = new Koa();
    app.silent = true;
    app.use(adapters.koa(sessions));
    app.use(async (ctx) => {
      if (ctx.path === "/") ctx.body = await count(sessions.get(ctx));
      else sessions.get(ctx).set("views", 100);
      ctx.body ??= "set";
    });
    return app.callback();
  },
  fastify: async (sessions) => {
    let listener!: Listener;
    const app = fastify({
      serverFactory: (handler) => {
        listener = handler;
        return http.createServer(handler);
      },
    });
    app.register(adapters.fastify(sessions));
    app.get("/", async (request) => count(sessions.get(request)));
    app.get("/set", async (request) => {
      sessions.get(request).set("views", 100);
      return "set";
    });
    await app.ready();
    return listener;
  },
  "node:http": (sessions) =>
    adapters.listener(sessions, async (req, res, visit) => {
      if (req.url === "/") return res.end(await count(visit));
      visit.set("views", 100);
      return res.end("set");
    }),
  hono: (sessions) => {
    const app = new Hono();
    app.use(adapters.hono(sessions));
    app.get("/", async (c) => c.text(await count(sessions.get(c))));
    app.get("/set", (c) => {
      sessions.get(c).set("views", 100);
      return c.text("set");
    });
    app.onError((error, c) => c.text("failed", (error as { status?: number }).status as 503));
    return getRequestListener(app.fetch) as Listener;
  },
  "handle()": (sessions) =>
    getRequestListener((request) =>
      sessions.handle(request, async (_, visit) => {
        if (request.url.endsWith("/")) return new Response(await count(visit));
        visit.set("views", 100);
        return new Response("set");
      }),
    ) as Listener,
};

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly cookie: string | undefined;
}

function ask(port: number, path: string, cookie?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = cookie ? { cookie } : {};
    const req = http.get({ port, host: "127.0.0.1", path, headers, agent: false }, (res) => {
      let body = "";
      res.setEncoding("utf8").on("data", (chunk) => {
        body += chunk;
      });
      res.on("end", () => {
        const cookie = res.headers["set-cookie"]?.[0]?.split(";", 1)[0];
        resolve({ status: res.statusCode ?? 0, body, cookie });
      });
    });
    req.on("error", reject);
  });
}

const seen: Record<string, unknown> = {};
for (const [name, make] of Object.entries(hosts)) {
  const { store, sessions } = managed();
  const server = http.createServer(await make(sessions)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const first = await ask(port, "/");
  const second = await ask(port, "/", first.cookie);
  const set = await ask(port, "/set", first.cookie);
  const third = await ask(port, "/", first.cookie);
  store.isDown = true;
  const failed = await ask(port, "/set");
  store.isDown = false;
  const after = await ask(port, "/", first.cookie);
  seen[name] = [first.body, second.body, set.body, third.body, failed.status, failed.cookie ?? "", after.body];
  server.close();
}

const sealed = createSessions<{ views: number }>({
  store: cookieStore({ keys: "k".repeat(43) }),
  observer: () => undefined,
});
const written = await sealed.handle(new Request("https://localhost/"), (_, visit) => {
  visit.set("views", 7);
  return new Response("ok");
});
const [cookie = ""] = written.headers.getSetCookie();
const read = await sealed.handle(
  new Request("https://localhost/", { headers: { cookie: cookie.split(";", 1)[0]! } }),
  (_, visit) => new Response(String(visit.get("views"))),
);
seen.sealed = await read.text();

// Whatever nobody caught has been told by then.
setTimeout(() => {
  console.log(JSON.stringify({ seen, problems }));
  process.exit(0);
}, 50);
