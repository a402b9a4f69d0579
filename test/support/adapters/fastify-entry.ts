import { Readable } from "node:stream";
import * as core from "coatcheck";
import { session } from "coatcheck/fastify";
import { memoryStore } from "coatcheck/stores/memory";
import fastify from "fastify";
import type { AdapterUnderTest } from "../../../src/testing/adapter/conformance.ts";
import { request } from "./node.ts";

/** Fastify, with its routes in a plugin beside that of the sessions. */
export const fastifyEntry: AdapterUnderTest = {
  library: { ...core, memoryStore },
  request,
  serve: async (mounts, app) => {
    const server = fastify({ forceCloseConnections: true });
    for (const sessions of mounts) server.register(session(sessions, { as: sessions.name }));
    server.register(async (routes) => {
      for (const [path, handler] of Object.entries(app)) {
        routes.get(path, async (request, reply) => {
          const { status = 200, headers = {}, body } = await handler({ session: (sessions) => sessions.get(request) });
          reply.code(status).headers(headers);
          return reply.send(typeof body === "object" ? Readable.from(body) : body);
        });
      }
    });
    const address = await server.listen({ port: 0, host: "127.0.0.1" });
    return { url: address.replace("127.0.0.1", "localhost"), close: () => server.close() };
  },
};
