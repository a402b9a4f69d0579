import type { RequestHandler } from "./$types";

export const GET: RequestHandler = ({ locals: { session } }) => Response.json(session.toObject());
