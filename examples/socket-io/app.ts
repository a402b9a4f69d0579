import { session } from "coatcheck/express";
import express from "express";
import { page } from "./page.ts";
import { sessions } from "./sessions.ts";

export const app = express();
app.use(express.urlencoded({ extended: false }), session(sessions));

app.get("/", async (req, res) => {
  // Sockets are for those who have a session, so every visitor gets one.
  const visit = sessions.get(req);
  const apples = await visit.update("apples", (count = 0) => count);
  res.send(page(apples, visit.userId));
});

app.post("/sign-in", (req, res) => {
  const { name } = req.body as { name?: unknown };
  // A real application asks for more than a name.
  if (typeof name === "string" && name !== "") sessions.get(req).login(name.slice(0, 60));
  res.redirect(303, "/");
});

app.post("/sign-out", async (req, res) => {
  await sessions.get(req).destroy();
  res.redirect(303, "/");
});
