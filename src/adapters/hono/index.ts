import type { Context, MiddlewareHandler } from "hono";
import { statusOf } from "../../core/http/error-response.ts";
import { FetchResponse } from "../../core/http/fetch-response.ts";
import type { Outcome } from "../../types/outcome.ts";
import type { Session } from "../../types/session.ts";
import type { OpenSession, SessionManager } from "../../types/sessions.ts";
import { mountedBefore, noteSkipped } from "../shared/already-mounted.ts";
import { cancelBody } from "../shared/fetch-response.ts";
import { checkMount, type MountOptions } from "../shared/mount-options.ts";
import { originalStatus } from "../shared/original-status.ts";
import { unlessDeleted } from "../shared/session-property.ts";
import { LightResponse } from "./light-response.ts";

export type { MountOptions } from "../shared/mount-options.ts";

/**
 * Returns middleware for Hono on any runtime: `new Hono().use(session(sessions))`, then `c.var.session` or
 * `sessions.get(c)`.
 *
 * The response is sent after the commit. An error of the commit goes to the application's `onError`.
 */
export function session<Data extends object, Name extends string = "session">(
  sessions: SessionManager<Data>,
  options: MountOptions<Name> = {},
): MiddlewareHandler<{ Variables: { [Key in Name]: Session<Data> } }> {
  checkMount<MountOptions>(sessions, options);
  const { as = "session" as Name, lazy } = options;
  return async (c: Context, next) => {
    const known = mountedBefore(sessions, c, c.get(as), as);
    if (known) {
      c.set(as, known);
      return next();
    }
    const mounted = await sessions.open(c.req.raw, { carriers: [c, c.req.raw], lazy, peer: peerOf(c) });
    c.set(as, mounted.session);
    noteSkipped(sessions, c, mounted.session);
    const opened = unlessDeleted(mounted, as, () => c.get(as) === mounted.session);

    try {
      await next();
    } catch (error) {
      // Not handled yet, for example thrown by app.notFound(): an outer Hono handler responds.
      // `instanceof`, as in Hono: a thrown value that is not an Error has no status.
      await commitAndReplace(c, opened, error instanceof Error ? statusOf(error) : 500, error);
      throw error;
    }
    // An error of a handler was handled within next().
    await commitAndReplace(c, opened, originalStatus.get(c) ?? c.res.status, c.error);
  };
}

/** Returns the client address of the connection, if the server is Hono's for Node.js. */
function peerOf({ env }: Context): string | undefined {
  return (env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined)?.incoming?.socket?.remoteAddress;
}

/** Commits, and sets the response with the edits on the context. Throws the error of the commit for Hono to handle. */
async function commitAndReplace(
  c: Context,
  { commit }: OpenSession<object>,
  status: number,
  error: unknown,
): Promise<void> {
  const settled = async (response: Response, outcome: Outcome): Promise<void> => {
    const pending = LightResponse.of(response) ?? new FetchResponse(response);
    replaceResponse(c, pending.edited(await commit({ ...outcome, response: pending })));
  };
  try {
    await settled(c.res, { status, error });
  } catch (failure) {
    originalStatus.set(c, status);
    await settled(cookiesOnly(c.res), { status: statusOf(failure), error: failure });
    throw failure;
  }
}

/**
 * Returns the response that the error response starts from: Hono copies the headers of the context. Keeps the cookies
 * of the discarded response, which another manager's commit may have set.
 */
function cookiesOnly(dropped: Response): Response {
  cancelBody(dropped);
  return new Response(null, {
    headers: dropped.headers.getSetCookie().map((line): [string, string] => ["set-cookie", line]),
  });
}

function replaceResponse(c: Context, response: Response): void {
  if (response === c.res) return;
  // Without the first assignment Hono would merge both responses.
  c.res = undefined;
  c.res = response;
}
