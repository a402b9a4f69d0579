import type { APIRoute } from "astro";
import { SessionError } from "coatcheck";
import type { Exchange } from "coatcheck/testing";

export const GET: APIRoute = async (context) => {
  const { app } = context.locals;
  const exchange: Exchange = { session: (sessions) => sessions.get(context) };
  const handler = app?.[context.url.pathname];
  if (!handler) return new Response(null, { status: 404 });
  try {
    const { status = 200, headers = {}, body } = await handler(exchange);
    const content = typeof body === "object" ? ReadableStream.from(body).pipeThrough(new TextEncoderStream()) : body;
    return new Response(status === 204 || status === 304 ? null : content, { status, headers });
  } catch (thrown) {
    const { status, message } = thrown as Error & { status?: number };
    // Astro has no errors with a status; an endpoint answers.
    if (status === undefined || thrown instanceof SessionError) throw thrown;
    return new Response(message, { status });
  }
};
