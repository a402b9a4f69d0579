import type { SessionManager } from "../../types/sessions.ts";
import { mountSession } from "../node/mount.ts";
import { isEncrypted, NodeRequestHead } from "../node/request.ts";
import type { NodeMiddleware } from "../node/types.ts";
import type { MountOptions } from "../shared/mount-options.ts";
import { toTRPCError } from "../trpc/index.ts";

export type { NodeMiddleware } from "../node/types.ts";
export type { MountOptions } from "../shared/mount-options.ts";

/**
 * The option `middleware` of `createHTTPServer` and `createHTTPHandler` of tRPC's standalone adapter. The response leaves
 * after the commit; if that fails, each procedure of the request is answered with the error.
 */
export function session<Data extends object>(
  sessions: SessionManager<Data>,
  options: MountOptions = {},
): NodeMiddleware {
  const mount = mountSession(sessions, options, (req) => new NodeRequestHead(req, isEncrypted(req)));
  return (req, res, next) => mount(req, res, (error) => next(error === undefined ? undefined : toTRPCError(error)));
}
