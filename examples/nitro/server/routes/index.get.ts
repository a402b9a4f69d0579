import { defineEventHandler } from "h3";
import { page } from "../utils/page";

export default defineEventHandler(async ({ context: { session } }) => {
  const views = (session.get("views") ?? 0) + 1;
  session.set("views", views);
  const messages = await session.flashes<string>();
  return page({ views, apples: session.get("apples") ?? 0, user: session.userId, messages });
});
