import type { Server } from "node:http";
import { serve as listen } from "@hono/node-server";
import { type Context, Hono } from "hono";
import type { Size } from "../../../data.ts";
import type { Access } from "../access.ts";
import { host, running } from "../listen.ts";
import { routesOf, then } from "../routes.ts";
import type { Running } from "../variant.ts";

export function serve(size: Size, access?: Access<Context>, install?: (app: Hono) => void): Promise<Running> {
  const app = new Hono();
  install?.(app);
  for (const [path, answer] of Object.entries(routesOf(size, access))) {
    app.get(path, (c) => then(answer(c, c.req.url), (body) => c.html(body)) as Response | Promise<Response>);
  }
  return new Promise((resolve) => {
    const server = listen({ fetch: app.fetch, hostname: host, port: 0 }, () => resolve(running(server as Server)));
  });
}
