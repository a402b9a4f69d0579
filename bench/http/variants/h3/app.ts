import { createServer } from "node:http";
import { H3, type H3Event, html, toNodeHandler } from "h3";
import type { Size } from "../../../data.ts";
import type { Access } from "../access.ts";
import { host, running } from "../listen.ts";
import { routesOf, then } from "../routes.ts";
import type { Running } from "../variant.ts";

export function serve(size: Size, access?: Access<H3Event>, install?: (app: H3) => void): Promise<Running> {
  const app = new H3();
  install?.(app);
  for (const [path, answer] of Object.entries(routesOf(size, access))) {
    app.get(path, (event) => then(answer(event, event.req.url), html));
  }
  return new Promise((resolve) => {
    const server = createServer(toNodeHandler(app)).listen(0, host, () => resolve(running(server)));
  });
}
