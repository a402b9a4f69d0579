import { error } from "@sveltejs/kit";

export async function GET(event) {
  const exchange = { session: (sessions) => sessions.get(event) };
  const handler = event.platform.app?.[event.url.pathname] ?? (() => ({ status: 404, body: "nothing here" }));
  try {
    const { status = 200, headers = {}, body } = await handler(exchange);
    const content = typeof body === "object" ? ReadableStream.from(body).pipeThrough(new TextEncoderStream()) : body;
    return new Response(status === 204 || status === 304 ? null : content, { status, headers });
  } catch (thrown) {
    if (thrown.status !== undefined) error(thrown.status, thrown.message);
    throw thrown;
  }
}
