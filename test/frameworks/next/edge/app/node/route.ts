import { tastes } from "../../../site/sessions";

/** Opens and seals the cookie by the other implementation of crypto. */
export const GET = tastes.route((taste) => {
  const colour = taste.get("colour");
  taste.set("colour", "blue");
  return Response.json(colour);
});

export const runtime = "nodejs";
