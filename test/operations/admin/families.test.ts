import { createSessions, type Sessions } from "coatcheck";
import { devicesHandler, pageMiddleware } from "coatcheck/admin";
import { session as expressSession } from "coatcheck/express";
import { session as fastifySession } from "coatcheck/fastify";
import { session as honoSession } from "coatcheck/hono";
import { session as koaSession } from "coatcheck/koa";
import { listener } from "coatcheck/node";
import { memoryStore } from "coatcheck/stores/memory";
import express, { type Express } from "express";
import express4 from "express4";
import fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { expect, onTestFinished, test } from "vitest";
import { createJar } from "../../../src/testing/cookie-jar.ts";
import { ask, serve } from "../../support/adapters/node.ts";
import { PageVisitor } from "../../support/operations/page-visitor.ts";
import { patient } from "../../support/stores/stores.ts";

type Data = Record<string, unknown>;
type Serve = (sessions: Sessions<Data>) => Promise<string>;
const path = "/account/devices";

const onExpress =
  (framework: () => Express, parse: boolean): Serve =>
  async (sessions) => {
    const app = framework();
    if (parse) app.use(express.urlencoded({ extended: false }), express.json());
    app.use(expressSession(sessions));
    app.all(path, pageMiddleware(sessions, devicesHandler(sessions)));
    return served(app);
  };

async function served(app: Parameters<typeof serve>[0]): Promise<string> {
  const { url, close } = await serve(app);
  onTestFinished(close);
  return url;
}

const families: Readonly<Record<string, Serve>> = {
  "Express 5": onExpress(express, false),
  "Express 5 behind its parsers": onExpress(express, true),
  "Express 4": onExpress(express4 as unknown as () => Express, false),
  "Express 4 behind its parsers": onExpress(express4 as unknown as () => Express, true),
  "node:http": (sessions) => served(listener(sessions, pageMiddleware(sessions, devicesHandler(sessions)))),
  Koa: (sessions) => {
    const devices = devicesHandler(sessions);
    const app = new Koa().use(koaSession(sessions));
    app.use(async (ctx) => {
      const response = await devices(ctx.req, sessions.get(ctx));
      ctx.status = response.status;
      ctx.body = response;
    });
    return served(app.callback());
  },
  Fastify: async (sessions) => {
    const devices = devicesHandler(sessions);
    const app = fastify({ forceCloseConnections: true });
    app.register(fastifySession(sessions));
    app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_, body, done) =>
      done(null, body),
    );
    app.register(async (routes) => {
      routes.route({
        method: ["GET", "HEAD", "POST"],
        url: path,
        handler: (request) => devices(request, sessions.get(request)),
      });
    });
    onTestFinished(() => app.close());
    return app.listen({ port: 0, host: "127.0.0.1" });
  },
  Hono: async (sessions) => {
    const { getRequestListener } = await import("@hono/node-server");
    const devices = devicesHandler(sessions);
    const app = new Hono().use(honoSession(sessions)).all(path, (c) => devices(c.req.raw, sessions.get(c)));
    return served(getRequestListener(app.fetch, { overrideGlobalObjects: false }) as Parameters<typeof serve>[0]);
  },
};

test.each(Object.entries(families))("B183: the page of devices works on %s", async (_, start) => {
  const sessions = createSessions<Data>({ ...patient, store: memoryStore(), pruneInterval: false });
  onTestFinished(() => sessions.close());
  const url = await start(sessions);
  const [own, other] = [await sessions.issue({ userId: "ann" }), await sessions.issue({ userId: "ann" })];
  const jar = createJar();
  jar.store("https://shop.test/", [`${own.cookie}; Path=/`]);
  const visitor = new PageVisitor(
    async (request) => {
      const { pathname, search } = new URL(request.url);
      // The host of the connection.
      const { host: _host, ...headers } = Object.fromEntries(request.headers);
      const answer = await ask(url.replace("localhost", "127.0.0.1") + pathname + search, {
        method: request.method,
        headers,
        body: await request.text(),
      });
      const got = new Headers();
      for (let at = 0; at < answer.rawHeaders.length; at += 2) {
        got.append(answer.rawHeaders[at] as string, answer.rawHeaders[at + 1] as string);
      }
      return new Response([204, 303].includes(answer.status) ? null : answer.body, {
        status: answer.status,
        headers: got,
      });
    },
    path,
    jar,
  );
  const page = await visitor.ask();
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(page.headers.get("cache-control")).toContain("no-store");
  expect((await visitor.post({ end: "others" })).status).toBe(403);
  const done = await visitor.submit({ end: other.id });
  expect([done.status, done.headers.get("location")]).toEqual([303, "?"]);
  expect(await visitor.note()).toBe("That device is signed out.");
  expect((await sessions.list({ userId: "ann" })).sessions.map(({ id }) => id)).toEqual([own.id]);
  expect((await visitor.ask("", { method: "HEAD" })).body).toBe("");
  const { csrf } = await visitor.json<{ csrf: string }>();
  const script = { accept: "application/json", "content-type": "application/json", "x-csrf-token": csrf };
  const answer = await visitor.ask("", { method: "POST", headers: script, body: JSON.stringify({ end: own.id }) });
  expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { ended: 1 }]);
  expect((await visitor.ask()).status).toBe(401);
});
