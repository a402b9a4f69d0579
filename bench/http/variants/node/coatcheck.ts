import { session } from "coatcheck/node";
import { byMethod } from "../access.ts";
import { makeSessions } from "../ours.ts";
import type { Start } from "../variant.ts";
import { type Exchange, serve } from "./app.ts";

export const start: Start = (size, kept) => {
  const sessions = makeSessions(kept);
  return serve(
    size,
    byMethod(({ req }: Exchange) => sessions.get(req)),
    session(sessions),
  );
};
