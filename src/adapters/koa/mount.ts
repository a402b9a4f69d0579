import type { Context } from "koa";
import type { OpenSession, SessionManager } from "../../types/sessions.ts";
import type { RequestHead } from "../../types/transport.ts";
import { NodeRequestHead } from "../node/request.ts";
import { isSkipped, nameTakenError, noteSkipped } from "../shared/already-mounted.ts";
import type { MountOptions } from "../shared/mount-options.ts";
import { putSession, unlessDeleted } from "../shared/session-property.ts";

/** Puts a session on a context; `undefined` where there is nothing to commit: it is there already, or is to be skipped. */
export async function mountOn<Data extends object>(
  ctx: Context,
  sessions: SessionManager<Data>,
  { as = "session", lazy = false }: MountOptions,
): Promise<OpenSession<Data> | undefined> {
  const known = sessions.tryGet(ctx);
  const named: object | undefined = Reflect.get(ctx, as);
  if (named !== undefined && named !== known && !isSkipped(sessions, named)) throw nameTakenError(as);
  if (known) {
    putSession(ctx, as, known);
    return undefined;
  }
  const opened = await sessions.open(headOf(ctx), { carriers: [ctx, ctx.req], lazy });
  putSession(ctx, as, opened.session);
  if (noteSkipped(sessions, ctx, opened.session)) return undefined;
  return unlessDeleted(opened, as, () => Object.hasOwn(ctx, as));
}

function headOf(ctx: Context): RequestHead {
  const head = new NodeRequestHead(ctx.req, ctx.secure);
  // Middleware such as koa-mount cuts off the path that it is mounted under.
  return { method: head.method, url: ctx.originalUrl, encrypted: ctx.secure, header: (name) => head.header(name) };
}
