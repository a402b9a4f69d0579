import codegenie from "@codegenie/serverless-express";
import vendia from "@vendia/serverless-express";
import { createSessions, type Sessions } from "coatcheck";
import { session as onExpress } from "coatcheck/express";
import { session as onFastify } from "coatcheck/fastify";
import { session as onKoa } from "coatcheck/koa";
import { memoryStore } from "coatcheck/stores/memory";
import express from "express";
import express4 from "express4";
import fastify from "fastify";
import Koa from "koa";
import serverless from "serverless-http";
import { describe, expect, it } from "vitest";
import { testStore } from "../../src/testing/adapter/recording-store.ts";

interface Visit {
  views: number;
}

interface Result {
  readonly statusCode: number;
  readonly body: string;
  readonly isBase64Encoded?: boolean;
  readonly cookies?: readonly string[];
}

/** An application as a function of an event of API Gateway. */
type Lambda = (event: object, context: object) => Promise<Result>;
type Host = (app: never) => Lambda;
/** Their types describe the default export of a module, which they are themselves. */
type Make = (options: { app: unknown }) => Lambda;

const hosts: Readonly<Record<string, Host>> = {
  "@codegenie/serverless-express": (app) => (codegenie as unknown as Make)({ app }),
  "@vendia/serverless-express": (app) => (vendia as unknown as Make)({ app }),
  "serverless-http": (app) => serverless(app) as unknown as Lambda,
};

/** A request that API Gateway sends on, payload format 2.0. */
const eventOf = (path: string, cookie?: string): object => ({
  version: "2.0",
  routeKey: "$default",
  rawPath: path,
  rawQueryString: "",
  headers: { host: "shop.example", "x-forwarded-proto": "https", "x-forwarded-port": "443" },
  ...(cookie && { cookies: [cookie] }),
  requestContext: {
    http: { method: "GET", path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" },
    domainName: "shop.example",
    stage: "$default",
    requestId: "1",
  },
  isBase64Encoded: false,
});

const view = (visit: ReturnType<Sessions<Visit>["get"]>): number => {
  const views = ((visit.get("views") as number | undefined) ?? 0) + 1;
  visit.set("views", views);
  return views;
};

function withExpress(framework: typeof express, sessions: Sessions<Visit>): unknown {
  const app = framework().set("env", "test");
  app.use(onExpress(sessions));
  app.get("/views", (req, res) => void res.json({ views: view(sessions.get(req)) }));
  app.get("/pieces", (req, res) => {
    view(sessions.get(req));
    res.write("one ");
    res.write("two ");
    res.end("three");
  });
  app.get("/thrown", (req, res) => {
    view(sessions.get(req));
    res.send("answered");
    throw new Error("after the answer");
  });
  return app;
}

function withKoa(sessions: Sessions<Visit>): unknown {
  const app = new Koa();
  app.silent = true;
  app.use(onKoa(sessions));
  app.use((ctx) => {
    const views = view(sessions.get(ctx));
    if (ctx.path === "/views") ctx.body = { views };
    if (ctx.path === "/pieces") {
      ctx.status = 200;
      ctx.res.write("one ");
      ctx.res.write("two ");
      ctx.res.end("three");
    }
    if (ctx.path === "/thrown") {
      ctx.status = 200;
      ctx.res.end("answered");
      throw new Error("after the answer");
    }
  });
  return app;
}

function withFastify(sessions: Sessions<Visit>): unknown {
  const app = fastify();
  app.register(onFastify(sessions));
  app.get("/views", async (request) => ({ views: view(sessions.get(request)) }));
  app.get("/pieces", (request, reply) => {
    view(sessions.get(request));
    // serverless-http reads no answer in pieces from Fastify, with or without a session.
    reply.send(Buffer.from("one two three"));
  });
  app.get("/thrown", async (request, reply) => {
    view(sessions.get(request));
    reply.send("answered");
    throw new Error("after the answer");
  });
  return app;
}

const frameworks: Readonly<Record<string, (sessions: Sessions<Visit>) => unknown>> = {
  "express 4": (sessions) => withExpress(express4 as typeof express, sessions),
  "express 5": (sessions) => withExpress(express, sessions),
  koa: withKoa,
  fastify: withFastify,
};

/** Fastify is known to serverless-http only. */
const pairs = Object.keys(hosts).flatMap((host) =>
  Object.keys(frameworks)
    .filter((framework) => framework !== "fastify" || host === "serverless-http")
    .map((framework) => [framework, host] as const),
);

describe.each(pairs)("%s on %s", (framework, host) => {
  function deployed(isDown = false) {
    const store = testStore(memoryStore());
    store.delay = 20;
    const sessions = createSessions<Visit>({
      store,
      trustProxy: true,
      observer: () => undefined,
      pruneInterval: false,
    });
    store.isDown = isDown;
    const lambda = hosts[host]!(frameworks[framework]!(sessions) as never);
    return async (path: string, cookie?: string) => {
      const { statusCode, body, isBase64Encoded, cookies = [] } = await lambda(eventOf(path, cookie), {});
      return { status: statusCode, body: isBase64Encoded ? Buffer.from(body, "base64").toString() : body, cookies };
    };
  }
  const pairOf = (cookies: readonly string[]): string => cookies[0]!.split(";", 1)[0]!;

  it("B61: a response that waits for its commit is complete, with its cookie", async () => {
    const ask = deployed();
    const first = await ask("/views");
    expect(first).toMatchObject({ status: 200, body: '{"views":1}' });
    expect(first.cookies).toHaveLength(1);
    expect(await ask("/views", pairOf(first.cookies))).toMatchObject({ status: 200, body: '{"views":2}' });
  });

  it("B61: a response in pieces is complete, with its cookie", async () => {
    const { status, body, cookies } = await deployed()("/pieces");
    expect({ status, body }).toEqual({ status: 200, body: "one two three" });
    expect(cookies).toHaveLength(1);
  });

  it("B61: an error after the response does not replace it", async () => {
    const { status, body, cookies } = await deployed()("/thrown");
    expect({ status, body }).toEqual({ status: 200, body: "answered" });
    expect(cookies).toHaveLength(1);
  });

  it("B24: a commit that fails becomes the error's response", async () => {
    const { status, cookies } = await deployed(true)("/views");
    expect({ status, cookies }).toEqual({ status: 503, cookies: [] });
  });
});
