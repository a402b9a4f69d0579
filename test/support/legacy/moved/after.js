import { createSessions } from "coatcheck";
import { session } from "coatcheck/express";
import { fromExpressSession } from "coatcheck/legacy/express-session";
import express from "express";
import { store } from "./store.js";

export const sessions = createSessions({
  legacy: [fromExpressSession({ secret: "keyboard cat", store, userId: (data) => data.user })],
});
export const app = express();
app.use(session(sessions));

app.post("/login/:user", (req, res) => {
  sessions.get(req).login(req.params.user);
  res.end("Hello.");
});

app.get("/", (req, res) => {
  const visit = sessions.get(req);
  visit.set("views", (visit.get("views") ?? 0) + 1);
  res.json({ user: visit.userId, views: visit.get("views") });
});

app.post("/logout", async (req, res) => {
  await sessions.get(req).destroy();
  res.end("Bye.");
});
