import type { SessionManager } from "../../types/sessions.ts";
import { mountSession } from "../node/mount.ts";
import { isEncrypted, NodeRequestHead } from "../node/request.ts";
import type { NodeMiddleware } from "../node/types.ts";
import type { MountOptions, SessionsOf } from "../shared/mount-options.ts";

export type { NodeMiddleware } from "../node/types.ts";
export type { MountOptions } from "../shared/mount-options.ts";

/**
 * Which sessions are mounted on `req`, for applications that read `req.session` rather than `sessions.get(req)`:
 *
 * ```ts
 * declare module "coatcheck/express" {
 *   interface Mounts { session: typeof sessions; prefs: typeof prefs }
 * }
 * ```
 *
 * Nothing is declared on `req` without it, so it clashes with no other session package.
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications merge into it
export interface Mounts {}

/** The sessions of `Mounts`, as properties of a request. */
export type MountedSessions<Managers = Mounts> = SessionsOf<Managers>;

declare global {
  namespace Express {
    interface Request extends MountedSessions {}
  }
}

/**
 * Sessions for Express 4 and 5: `app.use(session(sessions))`, then `sessions.get(req)` or `req.session`.
 *
 * The response leaves after the commit; an error of the commit goes to the application's error handlers. https is what
 * `req.secure` says, so Express' own setting "trust proxy" holds here, too.
 */
export function session<Data extends object>(
  sessions: SessionManager<Data>,
  options: MountOptions = {},
): NodeMiddleware {
  return mountSession(sessions, options, (req) => {
    const { secure } = req as { secure?: boolean };
    return new NodeRequestHead(req, secure ?? isEncrypted(req));
  });
}
