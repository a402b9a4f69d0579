import type { Context, Middleware } from "koa";
import { statusOf } from "../../core/http/error-response.ts";
import type { PendingResponse } from "../../types/outcome.ts";
import type { OpenSession, SessionManager } from "../../types/sessions.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { commitBeforeResponse } from "../node/response/committed-response.ts";
import { clearResponse, headersOf } from "../node/response/headers.ts";
import { checkMount, type MountOptions, type SessionsOf } from "../shared/mount-options.ts";
import { originalStatus } from "../shared/original-status.ts";
import { mountOn } from "./mount.ts";

export type { MountOptions } from "../shared/mount-options.ts";

/**
 * Declares the sessions mounted on a context, for applications that read `ctx.session` rather than `sessions.get(ctx)`:
 *
 * ```ts
 * declare module "coatcheck/koa" {
 *   interface Mounts { session: typeof sessions; prefs: typeof prefs }
 * }
 * ```
 *
 * Without it nothing is declared on contexts, so it does not conflict with other session packages.
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications merge into it
export interface Mounts {}

/** The sessions of `Mounts`, as properties of a context. */
export type MountedSessions<Managers = Mounts> = SessionsOf<Managers>;

declare module "koa" {
  interface ExtendableContext extends MountedSessions {}
}

/**
 * Returns middleware for Koa 3: `app.use(session(sessions))`, then `sessions.get(ctx)` or `ctx.session`.
 *
 * Commits when the handlers after it have finished, and throws an error of the commit to the middleware before it. If
 * the response is sent earlier, or without Koa (`ctx.respond = false`), it commits before the first byte, and the error
 * goes to `ctx.onerror`. `ctx.secure` says whether the request used https, so Koa's setting `app.proxy` applies.
 */
export function session<Data extends object>(sessions: SessionManager<Data>, options: MountOptions = {}): Middleware {
  checkMount(sessions, options);
  return async (ctx: Context, next) => {
    const opened = await mountOn(ctx, sessions, options);
    if (!opened) return next();
    const commitNow = committer(ctx, opened);
    try {
      await next();
    } catch (error) {
      if (originalStatus.has(ctx)) await commitNow();
      throw error;
    }
    await commitNow();
  };
}

/** Commits before the first byte, unless the returned function has committed already. */
function committer(ctx: Context, opened: OpenSession<object>): () => Promise<void> {
  let edits: HeaderEdit[] | undefined;
  // The edits always wait for the first byte: on an error Koa unsets all headers.
  const commit: typeof opened.commit = (outcome) => edits ?? opened.commit(outcome);
  commitBeforeResponse(ctx.res, { commit }, (error) => ctx.onerror(error as Error));
  return async () => {
    if (ctx.respond === false || ctx.headerSent) return;
    const status = originalStatus.get(ctx) ?? ctx.status;
    try {
      edits = await opened.commit({ status, response: pendingOf(ctx) });
    } catch (error) {
      originalStatus.set(ctx, status);
      clearResponse(ctx.res, statusOf(error));
      ctx.body = undefined;
      // Set explicitly, so that a body assigned later does not reset it to 200.
      ctx.status = statusOf(error);
      throw error;
    }
  };
}

const pendingOf = ({ res, body }: Context): PendingResponse => ({
  headers: headersOf(res),
  isWhole: () => !isStream(body),
  isOver: () => res.writableEnded,
});

/** Koa streams a Node stream, a `ReadableStream`, a `Blob` and a `Response`. */
const isStream = (body: unknown): boolean =>
  typeof body === "object" && body !== null && ("pipe" in body || "getReader" in body || "arrayBuffer" in body);
