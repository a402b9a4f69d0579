import type { APIContext, MiddlewareHandler } from "astro";
import { createSessions, type Session } from "coatcheck";
import { session } from "coatcheck/astro";

const sessions = createSessions<Visit>();

export const onRequest: MiddlewareHandler = session(sessions);
export const answering: MiddlewareHandler = session(sessions, {
  as: "visit",
  stream: false,
  onError: (error, context) => new Response(`${context.request.url}: ${error}`, { status: 503 }),
});

export function use(context: APIContext): Session<Visit> {
  context.locals.session.set("views", 1);
  // @ts-expect-error: views is a number
  context.locals.session.set("views", "1");
  // @ts-expect-error: nothing is mounted by assigning
  context.locals.session = sessions.get(context);
  return sessions.get(context);
}

// @ts-expect-error: a misspelt option
session(sessions, { streaming: false });
