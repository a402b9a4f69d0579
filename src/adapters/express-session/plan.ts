import { printOf, type Tracker } from "./tracker.ts";
import type { SessionRequest } from "./types.ts";

/** What the end of a request does to the row and to the client's cookie. */
export interface Plan {
  readonly row: "save" | "touch" | "destroy" | "keep";
  readonly cookie: "send" | "expire" | "keep";
}

const nothing: Plan = { row: "keep", cookie: "keep" };

/** Decides by the options what happens to a request's session. Changes nothing. */
export function planOf({ session, sessionID }: SessionRequest, tracker: Tracker): Plan {
  const { config, presentedId } = tracker;
  if (typeof sessionID !== "string") return nothing;
  if (!session) {
    const isUnset = session === undefined || session === null;
    const destroys = isUnset && config.unset === "destroy" && tracker.destroyedId !== sessionID;
    const isLost = tracker.hasLost || (destroys && tracker.cookie !== undefined && presentedId === sessionID);
    return { row: destroys ? "destroy" : "keep", cookie: isLost ? "expire" : "keep" };
  }
  const print = printOf(session);
  const isModified = tracker.isModified(session, print);
  const isPresented = presentedId === sessionID;
  const isUninitialized = !config.saveUninitialized && !tracker.wasSaved && !isPresented;
  const saves = isUninitialized ? isModified : !tracker.isSaved(session, print);
  const sends = isPresented
    ? config.rolling || (Boolean(session.cookie.expires) && isModified)
    : config.saveUninitialized || isModified;
  return {
    row: saves ? "save" : isPresented ? "touch" : "keep",
    cookie: sends ? "send" : "keep",
  };
}
