import { newApp, run } from "./_express.ts";
import type { Start } from "./variant.ts";

export const start: Start = () => {
  const app = newApp();
  for (const route of ["/fill", "/plain", "/read", "/write"]) {
    app.get(route, (_req, res) => {
      res.send("ok");
    });
  }
  return run(app);
};
