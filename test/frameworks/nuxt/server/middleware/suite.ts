import { answer } from "../../../../support/frameworks/h3-v1-answer.ts";

const h3 = { sendRedirect, setResponseHeaders, setResponseStatus };
const app = globalThis.suite?.app ?? {};

export default defineEventHandler(async (event) => {
  const { pathname } = getRequestURL(event);
  const reply = await app[pathname]?.({ session: (sessions) => sessions.get(event) });
  return reply && answer(h3, event, reply);
});
