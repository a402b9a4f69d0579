import { Readable } from "node:stream";
import * as core from "coatcheck";
import { session } from "coatcheck/graphql-yoga";
import { memoryStore } from "coatcheck/stores/memory";
import type { AdapterApp, AdapterUnderTest } from "coatcheck/testing";
import { createSchema, createYoga, type Plugin } from "graphql-yoga";
import { request, serve } from "../../support/adapters/node.ts";

/**
 * The suite's handlers as a plugin, as Yoga has them for answers that are not GraphQL's. It offers plugins no error handling,
 * so they answer what is thrown themselves.
 */
const answering = (app: AdapterApp): Plugin => ({
  onRequest: async ({ request, url, endResponse, fetchAPI }) => {
    const handler = app[url.pathname];
    if (!handler) return;
    try {
      const { status = 200, headers = {}, body } = await handler({ session: (sessions) => sessions.get(request) });
      const content = typeof body === "object" ? (Readable.toWeb(Readable.from(body)) as ReadableStream) : body;
      endResponse(
        new fetchAPI.Response(status === 204 || status === 304 ? null : content, { status, headers: { ...headers } }),
      );
    } catch (error) {
      const { status = 500 } = error as { status?: number };
      endResponse(new fetchAPI.Response("failed", { status }));
    }
  },
});

export const entry: AdapterUnderTest = {
  library: { ...core, memoryStore },
  request,
  serve: (mounts, app) => {
    const schema = createSchema({ typeDefs: "type Query { nothing: Int }", resolvers: {} });
    const plugins = [...mounts.map((sessions) => session(sessions, { as: sessions.name })), answering(app)];
    return serve(createYoga({ schema, plugins, logging: false }));
  },
};
