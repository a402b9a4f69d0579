import cookieSession from "cookie-session";
import type { Request } from "express";
import { type BenchData, sessionData } from "../../data.ts";
import { newApp, plainRoute, run } from "./_express.ts";
import { type Start, views } from "./variant.ts";

/** Its own declaration of `req.session` gives way to the one of express-session where both are installed. */
const sessionOf = (req: Request): Partial<BenchData> => (req as unknown as { session: Partial<BenchData> }).session;

export const start: Start = (size) => {
  const app = newApp();
  app.use(cookieSession({ name: "session", keys: ["a secret for this benchmark only"], maxAge: 24 * 60 * 60 * 1000 }));
  app.get("/fill", (req, res) => {
    Object.assign(sessionOf(req), sessionData(size, Number(req.query.visitor)));
    res.send("ok");
  });
  plainRoute(app);
  app.get("/read", (req, res) => {
    res.send(views(sessionOf(req).views));
  });
  app.get("/write", (req, res) => {
    const session = sessionOf(req);
    const count = (session.views ?? 0) + 1;
    session.views = count;
    res.send(views(count));
  });
  return run(app);
};
