import cookieSession from "cookie-session";
import type { Request } from "express";
import type { BenchData } from "../../../data.ts";
import { byProperty } from "../access.ts";
import type { Start } from "../variant.ts";
import { serve } from "./app.ts";

/** Its own declaration of `req.session` gives way to the one of express-session where both are installed. */
const sessionOf = (req: Request): Partial<BenchData> => (req as unknown as { session: Partial<BenchData> }).session;

export const start: Start = (size) => {
  const session = cookieSession({
    name: "session",
    keys: ["a secret for this benchmark only"],
    maxAge: 24 * 60 * 60 * 1000,
  });
  return serve(size, byProperty(sessionOf), (app) => app.use(session));
};
