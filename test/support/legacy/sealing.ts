import { H3, type SessionConfig, toNodeHandler, useSession } from "h3";
import { getIronSession } from "iron-session";
import { type Served, serve } from "../adapters/node.ts";
import type { Row } from "./move.ts";

export const password = "a password of at least thirty-two characters";

const userIn = (path: string): string => path.slice("/login/".length);

/** An old application of iron-session, which signs in at /login/:user. */
export const ironApp = (more: object = {}): Promise<Served> =>
  serve(async (req, res) => {
    const options = { password, cookieName: "old", cookieOptions: { secure: false }, ...more };
    const session = await getIronSession<Row>(req, res, options);
    Object.assign(session, { user: userIn(req.url ?? ""), views: 1 });
    await session.save();
    res.end();
  });

/** An old application of h3, which signs in at /login/:user, with so much beside it. */
export function h3App(padding = "", more: Partial<SessionConfig> = {}): Promise<Served> {
  const app = new H3();
  app.get("/login/**", async (event) => {
    const session = await useSession<Row>(event, { password, name: "old", cookie: { secure: false }, ...more });
    await session.update({ user: userIn(event.url.pathname), views: 1, padding });
    return "";
  });
  return serve(toNodeHandler(app) as never);
}
