import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Running } from "./variant.ts";

export function run(listener: RequestListener): Promise<Running> {
  const server = createServer(listener);
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve({ port: (server.address() as AddressInfo).port }));
  });
}

export function send(res: ServerResponse, body: string): void {
  res.setHeader("Content-Type", "text/html; charset=utf-8");
  res.end(body);
}
