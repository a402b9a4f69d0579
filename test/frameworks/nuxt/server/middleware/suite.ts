import { Readable } from "node:stream";

const app = globalThis.suite?.app ?? {};

export default defineEventHandler(async (event) => {
  const { pathname } = getRequestURL(event);
  const reply = await app[pathname]?.({ session: (sessions) => sessions.get(event) });
  if (!reply) return;
  const { status = 200, headers = {}, body = "" } = reply;
  if (headers.location) return sendRedirect(event, headers.location, status);
  setResponseStatus(event, status);
  setResponseHeaders(event, headers);
  if (status === 204 || status === 304) return null;
  return typeof body === "string" ? body : Readable.toWeb(Readable.from(body));
});
