import { cookies } from "next/headers";
import { notFound, redirect } from "next/navigation";
import type { NextRequest } from "next/server";
import { read, route } from "../../../sessions";

/** Changes the session, and ends as the path says. */
export const GET = route(async (session, _request: NextRequest, { params }: RouteContext<"/visit/[how]">) => {
  const { how } = await params;
  if (how === "look") return Response.json(session.toObject());
  session.set("views", 5);
  (await cookies()).set("other", "1");
  if (how === "redirect") redirect("/page");
  if (how === "missing") notFound();
  if (how === "fail") throw new Error("a bug of the application");
  return Response.json((await read()).get("views"));
});
