import type { Context } from "koa";
import type { OpenSession, SessionManager } from "../../types/sessions.ts";
import type { RequestHead } from "../../types/transport.ts";
import { NodeRequestHead } from "../node/request.ts";
import { isSkipped, nameTakenError, noteSkipped } from "../shared/already-mounted.ts";
import type { MountOptions } from "../shared/mount-options.ts";
import { defineSession, unlessDeleted } from "../shared/session-property.ts";

/**
 * Mounts a session on a context. Returns `undefined` if there is nothing to commit: it is mounted already, or skipped.
 */
export async function mountOn<Data extends object>(
  ctx: Context,
  sessions: SessionManager<Data>,
  { as = "session", lazy = false }: MountOptions,
): Promise<OpenSession<Data> | undefined> {
  const known = sessions.tryGet(ctx);
  const named: object | undefined = Reflect.get(ctx, as);
  if (named !== undefined && named !== known && !isSkipped(sessions, named)) throw nameTakenError(as);
  if (known) {
    defineSession(ctx, as, known);
    return undefined;
  }
  const opened = await sessions.open(headOf(ctx), { carriers: [ctx, ctx.req], lazy });
  defineSession(ctx, as, opened.session);
  if (noteSkipped(sessions, ctx, opened.session)) return undefined;
  return unlessDeleted(opened, as, () => Object.hasOwn(ctx, as));
}

function headOf(ctx: Context): RequestHead {
  const head = new NodeRequestHead(ctx.req, ctx.secure);
  // Middleware such as koa-mount strips its mount path from `url`.
  const { method, peer, httpVersion } = head;
  return {
    method,
    url: ctx.originalUrl,
    encrypted: ctx.secure,
    peer,
    httpVersion,
    header: (name) => head.header(name),
  };
}
