import * as core from "coatcheck";
import { session } from "coatcheck/elysia";
import { memoryStore } from "coatcheck/stores/memory";
import type { AdapterUnderTest, Reply } from "coatcheck/testing";
import { Elysia } from "elysia";
import { request } from "../../support/adapters/node.ts";

function toResponse({ status = 200, headers = {}, body }: Reply): Response {
  const hasBody = status !== 204 && status !== 304;
  const content = typeof body === "object" ? ReadableStream.from(body) : body;
  return new Response(hasBody ? (content as BodyInit | undefined) : null, { status, headers });
}

export const entry: AdapterUnderTest = {
  library: { ...core, memoryStore },
  request,
  serve: async (mounts, app) => {
    const server = mounts.reduce(
      (before, sessions) => before.use(session(sessions, { as: sessions.name })) as unknown as Elysia,
      new Elysia(),
    );
    server.all("/*", async ({ request, path }) => {
      const handler = app[path] ?? (() => ({ status: 404, body: "nothing here" }));
      return toResponse(await handler({ session: (sessions) => sessions.get(request) }));
    });
    server.listen({ port: 0, hostname: "127.0.0.1" });
    return { url: `http://localhost:${server.server?.port}`, close: () => server.stop(true).then(() => undefined) };
  },
};
