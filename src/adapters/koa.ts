import type { Context, Middleware } from "koa";
import { statusOf } from "../core/error-answer.ts";
import type { SealedSessions } from "../core/sessions.ts";
import type { HeaderEdit, RequestHead } from "../core/transport.ts";
import type { SessionsOf } from "./_mounts.ts";
import { clearAnswer } from "./_node-headers.ts";
import { type MountOptions, taken } from "./_node-mount.ts";
import { NodeRequestHead } from "./_node-request.ts";
import { commitBeforeResponse } from "./_node-response.ts";

export type { MountOptions } from "./_node-mount.ts";

/**
 * Which sessions are mounted on a context, for applications that read `ctx.session` rather than `sessions.get(ctx)`:
 *
 * ```ts
 * declare module "coatcheck/koa" {
 *   interface Mounts { session: typeof sessions; prefs: typeof prefs }
 * }
 * ```
 *
 * Nothing is declared on contexts without it, so it clashes with no other session package.
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications merge into it
export interface Mounts {}

/** The sessions of `Mounts`, as properties of a context. */
export type MountedSessions<Managers = Mounts> = SessionsOf<Managers>;

declare module "koa" {
  interface ExtendableContext extends MountedSessions {}
}

/**
 * Sessions for Koa 3: `app.use(session(sessions))`, then `sessions.get(ctx)` or `ctx.session`.
 *
 * Commits when the handlers after it are done, so that an error of the commit is thrown to the middleware before it;
 * and before the first byte where it leaves earlier, or past Koa (`ctx.respond = false`): there the error goes to
 * `ctx.onerror`. https is what `ctx.secure` says, so Koa's own setting `app.proxy` holds here, too.
 */
export function session<Data extends object>(
  sessions: SealedSessions<Data>,
  { as = "session", lazy = false }: MountOptions = {},
): Middleware {
  return async (ctx: Context, next) => {
    const known = sessions.tryGet(ctx);
    const named: object | undefined = Reflect.get(ctx, as);
    if (named !== undefined && named !== known && skipped.get(named) !== sessions) throw taken(as);
    if (known) {
      put(ctx, as, known);
      return next();
    }
    const opened = await sessions.open(headOf(ctx), { carriers: [ctx, ctx.req], lazy });
    put(ctx, as, opened.session);
    if (!sessions.tryGet(ctx)) {
      skipped.set(opened.session, sessions);
      return next();
    }

    let edits: HeaderEdit[] | undefined;
    // On an error Koa unsets all headers, so that the edits are made when nobody can touch them any more.
    const commit: typeof opened.commit = (outcome) => edits ?? opened.commit(outcome);
    commitBeforeResponse(ctx.res, { commit }, (error) => ctx.onerror(error as Error));
    const commitNow = async (): Promise<void> => {
      if (ctx.respond === false || ctx.headerSent) return;
      const status = intended.get(ctx) ?? ctx.status;
      try {
        edits = await commit({ status });
      } catch (error) {
        intended.set(ctx, status);
        dropAnswer(ctx, statusOf(error));
        throw error;
      }
    };

    try {
      await next();
    } catch (error) {
      if (intended.has(ctx)) await commitNow();
      throw error;
    }
    await commitNow();
  };
}

/** Sessions of requests that the option `skip` left out, and their manager: they say so when they are used. */
const skipped = new WeakMap<object, object>();

/**
 * The status that the handlers gave, where a failed commit is going to replace their answer: the sessions further out
 * are not to be discarded for that.
 */
const intended = new WeakMap<Context, number>();

function headOf(ctx: Context): RequestHead {
  const head = new NodeRequestHead(ctx.req, ctx.secure);
  // Middleware such as koa-mount cuts off the path that it is mounted under.
  return { method: head.method, url: ctx.originalUrl, encrypted: ctx.secure, header: (name) => head.header(name) };
}

/** Not writable: `ctx.session = null` would end nothing, so it throws. */
function put(ctx: Context, name: string, session: object): void {
  Object.defineProperty(ctx, name, { value: session, enumerable: true, configurable: true });
}

/** The status is set as if the application had, so that a body alone does not make it 200. */
function dropAnswer(ctx: Context, status: number): void {
  clearAnswer(ctx.res, status);
  ctx.body = undefined;
  ctx.status = status;
}
