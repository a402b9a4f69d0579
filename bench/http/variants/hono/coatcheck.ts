import { session } from "coatcheck/hono";
import { accessTo, makeSessions } from "../ours.ts";
import type { Start } from "../variant.ts";
import { serve } from "./app.ts";

export const start: Start = (size, kept) => {
  const sessions = makeSessions(kept);
  return serve(size, accessTo(sessions), (app) => app.use(session(sessions)));
};
