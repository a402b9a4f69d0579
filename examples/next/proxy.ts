import type { NextRequest } from "next/server";
import { proxy } from "./sessions";

// A page can only read its session. What a visit changes is changed here, and the page that renders next sees it.
export default proxy(async (session, request: NextRequest) => {
  if (request.method !== "GET") return;
  session.set("views", (session.get("views") ?? 0) + 1);
  session.set("messages", await session.flashes<string>());
});

export const config = { matcher: "/" };
