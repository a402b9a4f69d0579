import type { AddressInfo } from "node:net";
import express, { type Express } from "express";
import type { Running } from "./variant.ts";

/** An Express application as all variants have it. */
export function newApp(): Express {
  const app = express();
  app.disable("x-powered-by");
  return app;
}

export function plainRoute(app: Express): void {
  app.get("/plain", (_req, res) => {
    res.send("ok");
  });
}

export function run(app: Express): Promise<Running> {
  return new Promise((resolve) => {
    const server = app.listen(0, "127.0.0.1", () => resolve({ port: (server.address() as AddressInfo).port }));
    server.keepAliveTimeout = 60_000;
  });
}
