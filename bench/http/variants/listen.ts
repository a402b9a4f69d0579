import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Running } from "./variant.ts";

export const host = "127.0.0.1";

/** What all servers answer with, so that they are told apart by their work and not by the bytes they send. */
export const contentType = "text/html; charset=utf-8";

/** Keeps the connections open while other servers are measured. */
export function running(server: Server): Running {
  server.keepAliveTimeout = 60_000;
  return { port: (server.address() as AddressInfo).port };
}
