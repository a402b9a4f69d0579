import type { RequestHandler } from "./$types";

export const GET: RequestHandler = ({ locals: { session } }) => {
  session.set("views", (session.get("views") ?? 0) + 1);
  return new Response(String(session.get("views")));
};
