import type { RequestHandler } from "./$types";

/** The headers of such a response cannot be changed, as those of a fetched one. */
export const GET: RequestHandler = ({ locals: { session }, url }) => {
  session.set("views", 7);
  return Response.redirect(new URL("/own/read", url));
};
