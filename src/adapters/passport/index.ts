import { invalidOption, type SessionError } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import type { SessionManager } from "../../types/sessions.ts";
import { mountSession } from "../node/mount.ts";
import { isEncrypted, NodeRequestHead } from "../node/request.ts";
import type { NodeMiddleware } from "../node/types.ts";
import { putSession } from "../shared/session-property.ts";
import { nothingIn, type PassportSession, passportSession } from "./session.ts";

export type { NodeMiddleware } from "../node/types.ts";
export type { Done, PassportSession } from "./session.ts";

export interface PassportOptions {
  /** The property of the request that holds the session itself, beside passport's `req.session`. @default "visit" */
  readonly as?: string | undefined;
  /**
   * The user id of what `serializeUser` gave, under which the session is listed and revoked. `undefined`: under none.
   * @default texts and numbers as they are, and the `id` of objects
   */
  readonly userId?: ((serialized: unknown) => string | undefined) | undefined;
}

/**
 * Sessions for passport 0.6 and 0.7 on Express 4 and 5: `app.use(session(sessions), passport.session())`.
 *
 * `req.session` is what passport expects of one; `sessions.get(req)` is the session itself. `req.login()` is a
 * `login()` of it, `req.logout()` ends it: it is gone from the store, for whoever copied the cookie, too.
 */
export function session<Data extends object>(
  sessions: SessionManager<Data>,
  options: PassportOptions = {},
): NodeMiddleware {
  const { as = "visit", userId: userIdOf = plainUserId } = options;
  const mount = mountSession(sessions, { as }, (req) => {
    const { secure } = req as { secure?: boolean };
    return new NodeRequestHead(req, secure ?? isEncrypted(req));
  });
  return (req, res, next) => {
    if (mounted.get(req) === sessions) return next();
    if ("session" in req) return next(taken());
    mount(req, res, (error) => {
      if (error !== undefined || mounted.has(req)) return next(error);
      mounted.set(req, sessions);
      const own = Reflect.get(req, as) as Session<Record<string, unknown>>;
      const replace = (view: PassportSession): void => putSession(req, "session", view);
      replace(passportSession(own, { userIdOf, replace }, sessions.tryGet(req) ? own : nothingIn(own)));
      next();
    });
  };
}

/** Requests that have a session for passport, and its manager. */
const mounted = new WeakMap<object, object>();

function plainUserId(serialized: unknown): string | undefined {
  const { id = serialized } = Object(serialized) as { id?: unknown };
  return typeof id === "string" || typeof id === "number" ? `${id}` : undefined;
}

const taken = (): SessionError =>
  invalidOption(
    'passport needs a session at req.session, and another middleware has put something there. Mount that one under another name, as in session(prefs, { as: "prefs" }), or remove it.',
  );
