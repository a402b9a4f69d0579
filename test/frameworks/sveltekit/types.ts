import type { Handle, RequestEvent } from "@sveltejs/kit";
import { sequence } from "@sveltejs/kit/hooks";
import { createSessions, type Session } from "coatcheck";
import { session } from "coatcheck/sveltekit";

const sessions = createSessions<Visit>();
const prefs = createSessions<{ theme: string }>({ name: "prefs" });

export const alone: Handle = session(sessions);
export const together: Handle = sequence(session(sessions), session(prefs, { as: "prefs", lazy: true }));
export const answering: Handle = session(sessions, {
  onError: (error, event) => new Response(`${event.request.url}: ${error}`, { status: 503 }),
});

export function use(event: RequestEvent): Session<Visit> {
  event.locals.session.set("views", 1);
  // @ts-expect-error: views is a number
  event.locals.session.set("views", "1");
  // @ts-expect-error: there is no such key
  event.locals.session.get("visits");
  // @ts-expect-error: nothing is mounted by assigning
  event.locals.session = sessions.get(event);
  return sessions.get(event);
}

// @ts-expect-error: a misspelt option
session(sessions, { name: "session" });
