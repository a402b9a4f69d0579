import { createFileRoute } from "@tanstack/react-router";

export const Route = createFileRoute("/$")({
  server: {
    handlers: {
      GET: async ({ request }) => {
        const handler = globalThis.suite.getStore()?.app[new URL(request.url).pathname];
        if (!handler) return new Response("nothing here", { status: 404 });
        const { status = 200, headers = {}, body } = await handler({ session: (sessions) => sessions.get(request) });
        const content =
          typeof body === "object" ? ReadableStream.from(body).pipeThrough(new TextEncoderStream()) : body;
        return new Response(status === 204 || status === 304 ? null : content, { status, headers });
      },
    },
  },
});
