import { defineEventHandler, sendRedirect } from "h3";

export default defineEventHandler(async (event) => {
  await event.context.session.update("apples", (apples = 0) => apples + 1);
  return sendRedirect(event, "/", 303);
});
