import express, { type Express, type Request } from "express";
import type { Size } from "../../../data.ts";
import type { Access } from "../access.ts";
import { host, running } from "../listen.ts";
import { routesOf, then } from "../routes.ts";
import type { Running } from "../variant.ts";

export function serve(size: Size, access?: Access<Request>, install?: (app: Express) => void): Promise<Running> {
  const app = express();
  app.disable("x-powered-by");
  install?.(app);
  for (const [path, answer] of Object.entries(routesOf(size, access))) {
    app.get(path, (req, res) => then(answer(req, req.url), (body) => res.send(body)));
  }
  return new Promise((resolve) => {
    const server = app.listen(0, host, () => resolve(running(server)));
  });
}
