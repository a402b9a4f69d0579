import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Size } from "../../../data.ts";
import type { Access } from "../access.ts";
import { contentType, host, running } from "../listen.ts";
import { type Routes, routesOf, then } from "../routes.ts";
import type { Running } from "../variant.ts";

export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

type Mount = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

export function serve(size: Size, access?: Access<Exchange>, mount?: Mount): Promise<Running> {
  const routes = routesOf(size, access);
  const respond = (req: IncomingMessage, res: ServerResponse): void => {
    const { url = "" } = req;
    const query = url.indexOf("?");
    const path = query === -1 ? url : url.slice(0, query);
    void then(routes[path as keyof Routes<Exchange>]({ req, res }, url), (body) => {
      res.setHeader("Content-Type", contentType);
      res.end(body);
    });
  };
  const server = createServer((req, res) => {
    if (!mount) return respond(req, res);
    mount(req, res, (error) => {
      if (error) throw error;
      respond(req, res);
    });
  });
  return new Promise((resolve) => server.listen(0, host, () => resolve(running(server))));
}
