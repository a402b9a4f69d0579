import { Readable } from "node:stream";
import * as core from "coatcheck";
import { session } from "coatcheck/koa";
import { memoryStore } from "coatcheck/stores/memory";
import Koa from "koa";
import type { AdapterUnderTest } from "../../../src/testing/adapter/conformance.ts";
import { request, serve } from "./node.ts";

export const koaEntry: AdapterUnderTest = {
  library: { ...core, memoryStore },
  request,
  serve: (mounts, app) => {
    const server = new Koa();
    server.silent = true;
    for (const sessions of mounts) server.use(session(sessions, { as: sessions.name }));
    server.use(async (ctx) => {
      const handler = app[ctx.path];
      if (!handler) return;
      const { status = 200, headers = {}, body = "" } = await handler({ session: (sessions) => sessions.get(ctx) });
      ctx.status = status;
      ctx.set(headers);
      ctx.body = typeof body === "object" ? Readable.from(body) : body;
    });
    return serve(server.callback());
  },
};
