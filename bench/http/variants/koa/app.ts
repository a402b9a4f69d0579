import Koa, { type Context } from "koa";
import type { Size } from "../../../data.ts";
import type { Access } from "../access.ts";
import { contentType, host, running } from "../listen.ts";
import { type Routes, routesOf, then } from "../routes.ts";
import type { Running } from "../variant.ts";

export function serve(size: Size, access?: Access<Context>, install?: (app: Koa) => void): Promise<Running> {
  const app = new Koa();
  install?.(app);
  const routes = routesOf(size, access);
  app.use((ctx) =>
    then(routes[ctx.path as keyof Routes<Context>](ctx, ctx.url), (body) => {
      ctx.type = contentType;
      ctx.body = body;
    }),
  );
  return new Promise((resolve) => {
    const server = app.listen(0, host, () => resolve(running(server)));
  });
}
