import { type NextRequest, NextResponse } from "next/server";
import { proxy, tastes } from "./sessions";

/** Does what the request's header `x-do` asks for. */
const visits = proxy(async (session, request: NextRequest) => {
  switch (request.headers.get("x-do")) {
    case "count":
      session.set("views", (session.get("views") ?? 0) + 1);
      return;
    case "login":
      session.login("ada");
      return;
    case "destroy":
      await session.destroy();
      return;
    case "pass on": {
      session.set("views", 1);
      const headers = new Headers(request.headers);
      headers.set("x-own", "handed on");
      headers.delete("x-removed");
      return NextResponse.next({ request: { headers }, headers: { "x-answer": "of the proxy" } });
    }
    case "rewrite":
      session.set("views", 1);
      return NextResponse.rewrite(new URL("/page", request.url));
    case "redirect":
      session.set("views", 1);
      return NextResponse.redirect(new URL("/page", request.url));
    case "fail":
      session.set("views", 99);
      throw new Error("a bug of the proxy");
    case "fail late":
      session.set("views", 1);
      await session.save();
      throw new Error("a bug of the proxy");
    case "conflict":
      session.set("views", 2);
      throw Object.assign(new Error("not now"), { status: 409 });
  }
});

export default tastes.proxy((taste, request: NextRequest, event) => {
  const colour = request.headers.get("x-colour");
  if (colour !== null) taste.set("colour", colour);
  return visits(request, event);
});

export const config = { matcher: "/((?!calls).*)" };
