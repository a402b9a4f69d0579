import expressSession from "express-session";
import { type BenchData, sessionData } from "../../data.ts";
import { newApp, plainRoute, run } from "./_express.ts";
import { type Start, views } from "./variant.ts";

declare module "express-session" {
  interface SessionData extends BenchData {}
}

export const start: Start = (size) => {
  const app = newApp();
  app.use(
    expressSession({
      secret: "a secret for this benchmark only",
      store: new expressSession.MemoryStore(),
      resave: false,
      saveUninitialized: false,
    }),
  );
  app.get("/fill", (req, res) => {
    Object.assign(req.session, sessionData(size, Number(req.query.visitor)));
    res.send("ok");
  });
  plainRoute(app);
  app.get("/read", (req, res) => {
    res.send(views(req.session.views));
  });
  app.get("/write", (req, res) => {
    const count = (req.session.views ?? 0) + 1;
    req.session.views = count;
    res.send(views(count));
  });
  return run(app);
};
