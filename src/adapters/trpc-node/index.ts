import type { SessionManager } from "../../types/sessions.ts";
import { mountSession } from "../node/mount.ts";
import { isEncrypted, NodeRequestHead } from "../node/request.ts";
import type { NodeMiddleware } from "../node/types.ts";
import type { MountOptions } from "../shared/mount-options.ts";
import { toTRPCError } from "../trpc/index.ts";

export type { NodeMiddleware } from "../node/types.ts";
export type { MountOptions } from "../shared/mount-options.ts";

/**
 * Returns the option `middleware` for `createHTTPServer` and `createHTTPHandler` of tRPC's standalone adapter. The
 * response is sent after the commit. If the commit fails, each procedure of the request returns the error.
 */
export function session<Data extends object>(
  sessions: SessionManager<Data>,
  options: MountOptions = {},
): NodeMiddleware {
  const mount = mountSession(sessions, options, (req) => new NodeRequestHead(req, isEncrypted(req)));
  return (req, res, next) => mount(req, res, (error) => next(error === undefined ? undefined : toTRPCError(error)));
}
