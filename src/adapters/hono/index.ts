import type { Context, MiddlewareHandler } from "hono";
import { statusOf } from "../../core/http/error-response.ts";
import { FetchAnswer } from "../../core/http/fetch-response.ts";
import type { Session } from "../../types/session.ts";
import type { OpenSession, Outcome, SessionManager } from "../../types/sessions.ts";
import { mountedBefore, noteSkipped } from "../shared/already-mounted.ts";
import type { MountOptions } from "../shared/mount-options.ts";
import { originalStatus } from "../shared/original-status.ts";
import { unlessDeleted } from "../shared/session-property.ts";

export type { MountOptions } from "../shared/mount-options.ts";

/**
 * Sessions for Hono, on every runtime it has: `new Hono().use(session(sessions))`, then `c.var.session` or
 * `sessions.get(c)`.
 *
 * The response leaves after the commit; an error of the commit goes to the application's `onError`.
 */
export function session<Data extends object, Name extends string = "session">(
  sessions: SessionManager<Data>,
  { as = "session" as Name, lazy }: MountOptions<Name> = {},
): MiddlewareHandler<{ Variables: { [Key in Name]: Session<Data> } }> {
  return async (c: Context, next) => {
    const known = mountedBefore(sessions, c, c.get(as), as);
    if (known) {
      c.set(as, known);
      return next();
    }
    const mounted = await sessions.open(c.req.raw, { carriers: [c, c.req.raw], lazy });
    c.set(as, mounted.session);
    noteSkipped(sessions, c, mounted.session);
    const opened = unlessDeleted(mounted, as, () => c.get(as) === mounted.session);

    try {
      await next();
    } catch (error) {
      // `instanceof`, as Hono asks: what is no Error to it has no status. What no error handler has seen yet, as from app.notFound(): Hono answers it further out.
      await settle(c, opened, error instanceof Error ? statusOf(error) : 500, error);
      throw error;
    }
    // What a handler throws was answered within next().
    await settle(c, opened, originalStatus.get(c) ?? c.res.status, c.error);
  };
}

/** Commits, and puts into the context the response that may leave now. What it throws, Hono answers. */
async function settle(c: Context, { commit }: OpenSession<object>, status: number, error: unknown): Promise<void> {
  const settled = async (response: Response, outcome: Outcome): Promise<void> => {
    const answer = new FetchAnswer(response);
    put(c, answer.edited(await commit({ ...outcome, answer })));
  };
  try {
    await settled(c.res, { status, error });
  } catch (failure) {
    originalStatus.set(c, status);
    await settled(withoutAnswer(c.res), { status: statusOf(failure), error: failure });
    throw failure;
  }
}

/**
 * What the error's answer begins with: Hono takes over the headers that stand in the context. The response that is dropped
 * may tell of what others stored: another manager's session.
 */
function withoutAnswer(dropped: Response): Response {
  // Whatever feeds its body may close.
  if (!dropped.bodyUsed) dropped.body?.cancel().catch(() => undefined);
  return new Response(null, { headers: dropped.headers.getSetCookie().map((line) => ["set-cookie", line]) });
}

function put(c: Context, response: Response): void {
  if (response === c.res) return;
  // Without the first line Hono would merge the two.
  c.res = undefined;
  c.res = response;
}
