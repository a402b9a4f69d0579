import type { Request } from "express";
import expressSession from "express-session";
import type { BenchData } from "../../../data.ts";
import { byProperty } from "../access.ts";
import type { Start } from "../variant.ts";
import { serve } from "./app.ts";

declare module "express-session" {
  interface SessionData extends BenchData {}
}

export const start: Start = (size) => {
  const session = expressSession({
    secret: "a secret for this benchmark only",
    store: new expressSession.MemoryStore(),
    resave: false,
    saveUninitialized: false,
  });
  const access = byProperty((req: Request) => req.session);
  return serve(size, access, (app) => app.use(session));
};
