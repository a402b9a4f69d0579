import { createError, defineEventHandler, readBody, sendRedirect } from "h3";

export default defineEventHandler(async (event) => {
  const { name } = await readBody<{ name?: unknown }>(event);
  if (typeof name !== "string" || name === "") throw createError({ statusCode: 400, message: "Who are you?" });
  const { session } = event.context;
  // A real application asks for more than a name.
  session.login(name);
  session.flash(`Welcome, ${name}.`);
  return sendRedirect(event, "/", 303);
});
