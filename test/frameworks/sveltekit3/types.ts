import type { RequestEvent } from "@sveltejs/kit";
import { type Handle, sequence } from "@sveltejs/kit/hooks";
import { createSessions, type Session } from "coatcheck";
import { session } from "coatcheck/sveltekit";

const sessions = createSessions<Visit>();
const prefs = createSessions<{ theme: string }>({ name: "prefs" });

export const alone: Handle = session(sessions);
export const together: Handle = sequence(session(sessions), session(prefs, { as: "prefs", lazy: true }));

export function use(event: RequestEvent): Session<Visit> {
  event.locals.session.set("views", 1);
  // @ts-expect-error: views is a number
  event.locals.session.set("views", "1");
  return sessions.get(event);
}
