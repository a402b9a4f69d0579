import { error } from "@sveltejs/kit";
import type { Exchange } from "coatcheck/testing";

export async function GET(event): Promise<Response> {
  const exchange: Exchange = { session: (sessions) => sessions.get(event) };
  const handler = event.platform!.app[event.url.pathname] ?? (() => ({ status: 404, body: "nothing here" }));
  try {
    const { status = 200, headers = {}, body } = await handler(exchange);
    const content = typeof body === "object" ? ReadableStream.from(body).pipeThrough(new TextEncoderStream()) : body;
    return new Response(status === 204 || status === 304 ? null : content, { status, headers });
  } catch (thrown) {
    const { status, message } = thrown as Error & { status?: number };
    if (status !== undefined) error(status, message);
    throw thrown;
  }
}
