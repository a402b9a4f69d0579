import type { Known } from "../../core/language/known-keys.ts";
import { invalidOption, type SessionError } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import type { SessionManager } from "../../types/sessions.ts";
import { mountSession } from "../node/mount.ts";
import { isEncrypted, NodeRequestHead } from "../node/request.ts";
import type { NodeMiddleware } from "../node/types.ts";
import { checkMount } from "../shared/mount-options.ts";
import { defineSession } from "../shared/session-property.ts";
import { nothingIn, type PassportSession, passportSession } from "./session.ts";

export type { NodeMiddleware } from "../node/types.ts";
export type { Done, PassportSession } from "./session.ts";

/** Options of `session()`. */
export interface PassportOptions {
  /** The property of the request that holds the full session, beside passport's `req.session`. @default "visit" */
  readonly as?: string | undefined;
  /**
   * Returns the user id for the result of `serializeUser`, by which the session is listed and revoked; `undefined` for
   * none.
   * @default strings and numbers as they are, and the `id` of objects
   */
  readonly userId?: ((serialized: unknown) => string | undefined) | undefined;
}

const mountKeys: Known<PassportOptions> = { as: true, userId: true };

/**
 * Returns middleware for passport 0.6 and 0.7 on Express 4 and 5: `app.use(session(sessions), passport.session())`.
 *
 * `req.session` is a view with the interface that passport expects; `sessions.get(req)` returns the full session.
 * `req.login()` calls its `login()`. `req.logout()` destroys it in the store, so that a stolen copy of the cookie is
 * useless.
 */
export function session<Data extends object>(
  sessions: SessionManager<Data>,
  options: PassportOptions = {},
): NodeMiddleware {
  checkMount(sessions, options, mountKeys);
  const { as = "visit", userId: userIdOf = plainUserId } = options;
  const mount = mountSession(sessions, { as }, (req) => {
    const { secure } = req as { secure?: boolean };
    return new NodeRequestHead(req, secure ?? isEncrypted(req));
  });
  return (req, res, next) => {
    if (mounted.get(req) === sessions) return next();
    if ("session" in req) return next(sessionTakenError());
    mount(req, res, (error) => {
      if (error !== undefined || mounted.has(req)) return next(error);
      mounted.set(req, sessions);
      const own = Reflect.get(req, as) as Session<Record<string, unknown>>;
      const replace = (view: PassportSession): void => defineSession(req, "session", view);
      replace(passportSession(own, { userIdOf, replace }, sessions.tryGet(req) ? own : nothingIn(own)));
      next();
    });
  };
}

/** Requests with a session for passport, and its manager. */
const mounted = new WeakMap<object, object>();

function plainUserId(serialized: unknown): string | undefined {
  const { id = serialized } = Object(serialized) as { id?: unknown };
  return typeof id === "string" || typeof id === "number" ? `${id}` : undefined;
}

const sessionTakenError = (): SessionError =>
  invalidOption(
    'passport needs req.session, but other middleware has already set it. Mount that one under another name, as in session(prefs, { as: "prefs" }), or remove it.',
  );
