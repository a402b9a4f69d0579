import type { Context, Middleware } from "koa";
import { statusOf } from "../../core/http/error-response.ts";
import type { OpenSession, PendingAnswer, SessionManager } from "../../types/sessions.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { commitBeforeResponse } from "../node/response/committed-response.ts";
import { clearAnswer, headersOf } from "../node/response/headers.ts";
import type { MountOptions, SessionsOf } from "../shared/mount-options.ts";
import { originalStatus } from "../shared/original-status.ts";
import { mountOn } from "./mount.ts";

export type { MountOptions } from "../shared/mount-options.ts";

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
export function session<Data extends object>(sessions: SessionManager<Data>, options: MountOptions = {}): Middleware {
  return async (ctx: Context, next) => {
    const opened = await mountOn(ctx, sessions, options);
    if (!opened) return next();
    const commitNow = committing(ctx, opened);
    try {
      await next();
    } catch (error) {
      if (originalStatus.has(ctx)) await commitNow();
      throw error;
    }
    await commitNow();
  };
}

/** Commits at the first byte, unless that was done before by the function it gives. */
function committing(ctx: Context, opened: OpenSession<object>): () => Promise<void> {
  let edits: HeaderEdit[] | undefined;
  // The edits wait for the first byte in any case: on an error Koa unsets all headers.
  const commit: typeof opened.commit = (outcome) => edits ?? opened.commit(outcome);
  commitBeforeResponse(ctx.res, { commit }, (error) => ctx.onerror(error as Error));
  return async () => {
    if (ctx.respond === false || ctx.headerSent) return;
    const status = originalStatus.get(ctx) ?? ctx.status;
    try {
      edits = await opened.commit({ status, answer: pendingOf(ctx) });
    } catch (error) {
      originalStatus.set(ctx, status);
      clearAnswer(ctx.res, statusOf(error));
      ctx.body = undefined;
      // As if the application had set it: a body alone does not make it 200.
      ctx.status = statusOf(error);
      throw error;
    }
  };
}

const pendingOf = ({ res, body }: Context): PendingAnswer => ({
  headers: headersOf(res),
  isWhole: () => !isStream(body),
  isOver: () => res.writableEnded,
});

/** Koa sends a stream, a `ReadableStream`, a `Blob` and a `Response` while they are read. */
const isStream = (body: unknown): boolean =>
  typeof body === "object" && body !== null && ("pipe" in body || "getReader" in body || "arrayBuffer" in body);
