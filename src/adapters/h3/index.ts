import { type H3Event, type HTTPError, type Middleware, toResponse } from "h3";
import { madeHere } from "../../core/http/fetch-response.ts";
import { type Awaitable, chain } from "../../crypto/awaitable.ts";
import type { SessionManager } from "../../types/sessions.ts";
import { mountedBefore, noteSkipped } from "../shared/already-mounted.ts";
import { checkMount, type MountOptions } from "../shared/mount-options.ts";
import { defineSession } from "../shared/session-property.ts";

export type { MountOptions } from "../shared/mount-options.ts";

/**
 * Returns middleware for h3 2 on any runtime: `app.use(session(sessions))` before other middleware, then
 * `sessions.get(event)`, or `event.context.session`, which the application declares:
 *
 * ```ts
 * declare module "h3" {
 *   interface H3EventContext { session: Session<Visit> }
 * }
 * ```
 *
 * The response is sent after the commit. Errors, including those of the commit, are handled here, by the application's
 * `onError` if it has one: only the final response decides whether the changes are kept, and carries the cookie.
 */
export function session<Data extends object>(sessions: SessionManager<Data>, options: MountOptions = {}): Middleware {
  checkMount(sessions, options);
  const { as = "session", lazy } = options;
  return (event, next) => {
    const known = mountedBefore(sessions, event, event.context[as], as);
    if (known) {
      defineSession(event.context, as, known);
      return next();
    }
    return sessions.handle(
      event.req as Request,
      (_request, session) => {
        defineSession(event.context, as, session);
        noteSkipped(sessions, event, session);
        return respond(event, next);
      },
      {
        carriers: [event, event.req],
        lazy,
        peer: event.req.ip,
        onError: (error) => respond(event, () => Promise.reject(error)),
      },
    );
  };
}

/**
 * Creates the final response as h3 does. Leaves `onResponse` to h3, so that it sees the cookie. What h3 made is edited in
 * place; a `Response` that the application returned may serve other requests too.
 */
function respond(event: H3Event, next: () => unknown): Awaitable<Response> {
  const { onResponse, onError, ...config } = event.app?.config ?? {};
  const given = new Set<unknown>();
  const noted = (value: unknown): unknown => {
    given.add(value);
    return value;
  };
  const own = onError && { onError: (error: HTTPError, of: H3Event) => chain(onError(error, of), noted) };
  return chain(toResponse(chain(next(), noted), event, { ...config, ...own }), (response) =>
    given.has(response) ? response : madeHere(response),
  );
}
