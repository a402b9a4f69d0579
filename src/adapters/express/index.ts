import type { SessionManager } from "../../types/sessions.ts";
import { mountSession } from "../node/mount.ts";
import { isEncrypted, NodeRequestHead } from "../node/request.ts";
import type { NodeMiddleware } from "../node/types.ts";
import type { MountOptions, SessionsOf } from "../shared/mount-options.ts";

export type { NodeMiddleware } from "../node/types.ts";
export type { MountOptions } from "../shared/mount-options.ts";

/**
 * Declares the sessions mounted on `req`, for applications that read `req.session` rather than `sessions.get(req)`:
 *
 * ```ts
 * declare module "coatcheck/express" {
 *   interface Mounts { session: typeof sessions; prefs: typeof prefs }
 * }
 * ```
 *
 * Without it nothing is declared on `req`, so it does not conflict with other session packages.
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
 * Returns middleware for Express 4 and 5: `app.use(session(sessions))`, then `sessions.get(req)` or `req.session`.
 *
 * The response is sent after the commit. An error of the commit goes to the application's error handlers. `req.secure`
 * says whether the request used https, so Express' setting "trust proxy" applies.
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
