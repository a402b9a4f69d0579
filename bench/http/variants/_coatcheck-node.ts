import type { SessionManager } from "coatcheck";
import { session } from "coatcheck/node";
import { type BenchData, sessionData } from "../../data.ts";
import { run, send } from "./_node.ts";
import { type Start, views } from "./variant.ts";

export const startWith =
  (make: () => SessionManager<BenchData>): Start =>
  (size) => {
    const sessions = make();
    const mount = session(sessions);
    return run((req, res) => {
      mount(req, res, (error) => {
        if (error) throw error;
        const { url = "" } = req;
        if (url === "/plain") return send(res, "ok");
        const visit = sessions.get(req);
        if (url.startsWith("/fill")) {
          const data = sessionData(size, Number(url.slice("/fill?visitor=".length)));
          for (const key of Object.keys(data) as (keyof BenchData)[]) visit.set(key, data[key] as never);
          return send(res, "ok");
        }
        const count = visit.get("views") ?? 0;
        if (url === "/read") return send(res, views(count));
        visit.set("views", count + 1);
        send(res, views(count + 1));
      });
    });
  };
