import type { SessionManager } from "coatcheck";
import { session } from "coatcheck/express";
import { type BenchData, sessionData } from "../../data.ts";
import { newApp, plainRoute, run } from "./_express.ts";
import { type Start, views } from "./variant.ts";

export const startWith =
  (make: () => SessionManager<BenchData>): Start =>
  (size) => {
    const sessions = make();
    const app = newApp();
    app.use(session(sessions));
    app.get("/fill", (req, res) => {
      const visit = sessions.get(req);
      const data = sessionData(size, Number(req.query.visitor));
      for (const key of Object.keys(data) as (keyof BenchData)[]) visit.set(key, data[key] as never);
      res.send("ok");
    });
    plainRoute(app);
    app.get("/read", (req, res) => {
      res.send(views(sessions.get(req).get("views")));
    });
    app.get("/write", (req, res) => {
      const visit = sessions.get(req);
      const count = (visit.get("views") ?? 0) + 1;
      visit.set("views", count);
      res.send(views(count));
    });
    return run(app);
  };
