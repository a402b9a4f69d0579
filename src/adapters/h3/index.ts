import { type H3Event, type Middleware, toResponse } from "h3";
import type { SessionManager } from "../../types/sessions.ts";
import { mountedBefore, noteSkipped } from "../shared/already-mounted.ts";
import type { MountOptions } from "../shared/mount-options.ts";
import { putSession } from "../shared/session-property.ts";

export type { MountOptions } from "../shared/mount-options.ts";

/**
 * Sessions for h3 2, on every runtime it has: `app.use(session(sessions))` before other middleware, then
 * `sessions.get(event)`, or `event.context.session`, which applications declare:
 *
 * ```ts
 * declare module "h3" {
 *   interface H3EventContext { session: Session<Visit> }
 * }
 * ```
 *
 * The response leaves after the commit. Errors, also one of the commit, are answered here, by the application's `onError`
 * if it has one: only the final response tells whether to keep the changes, and takes the cookie with it.
 */
export function session<Data extends object>(
  sessions: SessionManager<Data>,
  { as = "session", lazy }: MountOptions = {},
): Middleware {
  return (event, next) => {
    const known = mountedBefore(sessions, event, event.context[as], as);
    if (known) {
      putSession(event.context, as, known);
      return next();
    }
    return sessions.handle(
      event.req as Request,
      (_request, session) => {
        putSession(event.context, as, session);
        noteSkipped(sessions, event, session);
        return respond(event, next);
      },
      { carriers: [event, event.req], lazy, onError: (error) => respond(event, () => Promise.reject(error)) },
    );
  };
}

/** The final response, made here as h3 makes it. The application's `onResponse` is left to h3: it wants the cookie, too. */
function respond(event: H3Event, next: () => unknown): Response | Promise<Response> {
  const { onResponse, ...config } = event.app?.config ?? {};
  return toResponse(next(), event, config);
}
