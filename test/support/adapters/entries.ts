import { Readable } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import * as core from "coatcheck";
import { session as expressSession } from "coatcheck/express";
import { listener, session } from "coatcheck/node";
import { memoryStore } from "coatcheck/stores/memory";
import express from "express";
import express4 from "express4";
import type { AdapterApp, AdapterUnderTest, Exchange, Reply } from "../../../src/testing/adapter/conformance.ts";
import { fastifyEntry } from "./fastify-entry.ts";
import { h3Entry } from "./h3-entry.ts";
import { honoEntry } from "./hono-entry.ts";
import { koaEntry } from "./koa-entry.ts";
import { type Listener, type Protocol, request, requestHttp2, serve } from "./node.ts";
import { passportEntry } from "./passport-entry.ts";
import { reactRouterDocuments, reactRouterResources } from "./react-router-entry.ts";
import { trpcEntry } from "./trpc-entry.ts";

type Manager = core.SessionManager<{ [key: string]: unknown }>;
type HttpResponse = Parameters<Listener>[1];

const library = { ...core, memoryStore };

function handlerOf(app: AdapterApp, url: string): NonNullable<AdapterApp[string]> {
  return app[new URL(url, "http://localhost").pathname] ?? (() => ({ status: 404, body: "nothing here" }));
}

/** The session as `sessions.get()` gives it for the request object that the framework hands out. */
const exchange = (request: object): Exchange => ({ session: (sessions) => sessions.get(request) });

function respond(res: HttpResponse, { status = 200, headers = {}, body = "" }: Reply): void {
  res.writeHead(status, headers);
  if (typeof body === "string") res.end(body);
  else Readable.from(body).pipe(res);
}

const fetchEntry: AdapterUnderTest = {
  library,
  request,
  serve: (mounts, app) => {
    const answer = async (request: Request): Promise<Response> => {
      const { status = 200, headers = {}, body } = await handlerOf(app, request.url)(exchange(request));
      const content = typeof body === "object" ? (Readable.toWeb(Readable.from(body)) as ReadableStream) : body;
      return new Response(status === 204 || status === 304 ? null : content, { status, headers });
    };
    const handle = mounts.reduceRight(
      (inner, sessions) => (request: Request) => sessions.handle(request, inner),
      answer,
    );
    return serve(getRequestListener(handle, { overrideGlobalObjects: false }) as Listener);
  },
};

const nodeEntry = (protocol: Protocol): AdapterUnderTest => ({
  library,
  request: protocol === "http2" ? requestHttp2 : request,
  serve: (mounts, app) => {
    const [last, ...others] = mounts.toReversed() as [Manager, ...Manager[]];
    const answer = listener(last, async (req, res) =>
      respond(res, await handlerOf(app, req.url ?? "/")(exchange(req))),
    );
    const chain = others.reduce<Listener>((inner, sessions) => {
      const mount = session(sessions, { as: sessions.name });
      return (req, res) => mount(req, res, (error) => (error === undefined ? inner(req, res) : res.destroy()));
    }, answer);
    return serve(chain, protocol);
  },
});

const expressEntry = (framework: typeof express): AdapterUnderTest => ({
  library,
  request,
  serve: (mounts, app) => {
    const server = framework().set("env", "test");
    for (const sessions of mounts) server.use(expressSession(sessions, { as: sessions.name }));
    server.use((req, res, next) => {
      Promise.resolve(req)
        .then((carrier) => handlerOf(app, req.url)(exchange(carrier)))
        .then((reply) => respond(res, reply))
        .catch(next);
    });
    return serve(server);
  },
});

/** Every adapter, by name. */
export const entries: Readonly<Record<string, AdapterUnderTest>> = {
  fetch: fetchEntry,
  "node http": nodeEntry("http"),
  "node https": nodeEntry("https"),
  "node http2": nodeEntry("http2"),
  "express 4": expressEntry(express4),
  "express 5": expressEntry(express),
  "fastify 5": fastifyEntry,
  "koa 3": koaEntry,
  "hono 4": honoEntry,
  "h3 2": h3Entry,
  "passport 0.7": passportEntry,
  "react-router 7 documents": reactRouterDocuments,
  "react-router 7 resources": reactRouterResources,
  "trpc 11": trpcEntry,
};
