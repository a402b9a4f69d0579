import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Running } from "./variant.ts";

/** Answers as Express does, so that the two are told apart by the framework and not by the bytes they send. */
export const text = "text/html; charset=utf-8";

export async function run(app: FastifyInstance): Promise<Running> {
  await app.listen({ host: "127.0.0.1", port: 0 });
  app.server.keepAliveTimeout = 60_000;
  return { port: (app.server.address() as AddressInfo).port };
}

export function plainRoute(app: FastifyInstance): void {
  app.get("/plain", (_request, reply) => {
    reply.type(text).send("ok");
  });
}
