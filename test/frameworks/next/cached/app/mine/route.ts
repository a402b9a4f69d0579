import { route } from "../../../site/sessions";

/** Has no parameters: without the session it would be prerendered. */
export const GET = route((session) => Response.json({ user: session.userId ?? "nobody" }));
