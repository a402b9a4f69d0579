import type { SealedSessions } from "../core/sessions.ts";
import type { MountOptions } from "./_mount-options.ts";
import { mountSession } from "./_node-mount.ts";
import { isEncrypted, NodeRequestHead } from "./_node-request.ts";
import type { NodeMiddleware } from "./_node-types.ts";
import { toTRPCError } from "./trpc.ts";

export type { MountOptions } from "./_mount-options.ts";
export type { NodeMiddleware } from "./_node-types.ts";

/**
 * The option `middleware` of `createHTTPServer` and `createHTTPHandler` of tRPC's standalone adapter. The response leaves
 * after the commit; if that fails, each procedure of the request is answered with the error.
 */
export function session<Data extends object>(
  sessions: SealedSessions<Data>,
  options: MountOptions = {},
): NodeMiddleware {
  const mount = mountSession(sessions, options, (req) => new NodeRequestHead(req, isEncrypted(req)));
  return (req, res, next) => mount(req, res, (error) => next(error === undefined ? undefined : toTRPCError(error)));
}
