import { Router } from "express";
import { sessions } from "./sessions.ts";

export const ready = Router();

ready.get("/ready", async (_req, res) => {
  await sessions.list({ anyUser: true, limit: 1 }); // throws if the store does not answer, and errors.ts makes it a 503
  res.send("ready");
});
