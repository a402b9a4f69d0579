import { defineEventHandler, sendRedirect } from "h3";

export default defineEventHandler(async (event) => {
  await event.context.session.destroy();
  return sendRedirect(event, "/", 303);
});
