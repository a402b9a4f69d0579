import type { APIRoute } from "astro";

export const GET: APIRoute = ({ locals: { session } }) => {
  session.set("views", (session.get("views") ?? 0) + 1);
  return new Response(String(session.get("views")));
};
