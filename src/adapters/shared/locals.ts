import { statusOf } from "../../core/http/error-response.ts";
import { FetchResponse } from "../../core/http/fetch-response.ts";
import { SessionError } from "../../types/errors.ts";
import type { OpenSession, SessionManager } from "../../types/sessions.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { mountedBefore, noteSkipped } from "./already-mounted.ts";
import { cancelBody } from "./fetch-response.ts";
import { originalStatus } from "./original-status.ts";
import { defineSession, unlessDeleted } from "./session-property.ts";

/** The context that frameworks with `locals` (SvelteKit, Astro) pass to middleware. */
export interface LocalsContext {
  readonly request: Request;
  readonly locals: object;
}

/** Options for mounting a session on `locals`. */
export interface LocalsOptions<Context> {
  /** The property of `locals` that holds the session. @default "session" */
  readonly as?: string | undefined;
  /** Loads the session only in `session.load()`. For applications where few requests use it. @default false */
  readonly lazy?: boolean | undefined;
  /**
   * Responds to an error that the framework would send without its status or cookies, such as a failed commit. The
   * framework handles what this function throws. @default a generic sentence with the error's status
   */
  readonly onError?: ((error: unknown, context: Context) => Response | Promise<Response>) | undefined;
}

/** What the handlers of a request returned or threw. */
export type HandlerResult = { readonly response: Response } | { readonly thrown: unknown };

/** The parts that differ between frameworks. */
export interface LocalsFramework {
  /** Returns the status that decides whether the session's changes are kept. */
  statusOf(result: HandlerResult): number | Promise<number>;
  /** Adds these edits to the framework's own error response. Returns false if that is impossible. */
  carry(thrown: unknown, edits: readonly HeaderEdit[]): boolean;
  /** Creates the response to an error that is not passed to the framework. */
  respond(error: unknown): Response | Promise<Response>;
}

/** Runs a request's handlers with the session in `locals`. The response is sent after the commit. */
export async function withLocals<Data extends object>(
  sessions: SessionManager<Data>,
  context: LocalsContext,
  { as = "session", lazy }: LocalsOptions<never>,
  framework: LocalsFramework,
  run: () => Response | Promise<Response>,
): Promise<Response> {
  const { request, locals } = context;
  const known = mountedBefore(sessions, locals, Reflect.get(locals, as), as);
  if (known) {
    defineSession(locals, as, known);
    return run();
  }
  const opened = await sessions.open(request, { carriers: [context, locals, request], lazy });
  defineSession(locals, as, opened.session);
  noteSkipped(sessions, locals, opened.session);
  return commitAndRespond(
    unlessDeleted(opened, as, () => Object.hasOwn(locals, as)),
    locals,
    framework,
    run,
  );
}

async function commitAndRespond(
  { commit }: OpenSession<object>,
  locals: object,
  framework: LocalsFramework,
  run: () => Response | Promise<Response>,
): Promise<Response> {
  const result = await runHandler(run);
  const status = originalStatus.get(locals) ?? (await framework.statusOf(result));
  const pending = "response" in result ? new FetchResponse(result.response) : undefined;
  let edits: readonly HeaderEdit[];
  try {
    edits = await commit({ status, error: "thrown" in result ? result.thrown : undefined, response: pending });
  } catch (failure) {
    originalStatus.set(locals, status);
    const last = await commit({ status: statusOf(failure), error: failure });
    return respondToError(framework, failure, last, pending?.response);
  }
  return "thrown" in result ? respondToError(framework, result.thrown, edits) : pending!.edited(edits);
}

async function runHandler(run: () => Response | Promise<Response>): Promise<HandlerResult> {
  try {
    return { response: await run() };
  } catch (thrown) {
    return { thrown };
  }
}

/** Responds to an error. Keeps the cookies of the discarded response, which another manager's commit may have set. */
async function respondToError(
  framework: LocalsFramework,
  error: unknown,
  edits: readonly HeaderEdit[],
  dropped?: Response,
): Promise<Response> {
  const cookies = dropped?.headers.getSetCookie() ?? [];
  if (dropped) cancelBody(dropped);
  const hasOwnStatus = SessionError.is(error) && error.status !== 500;
  if (!hasOwnStatus && cookies.length === 0 && framework.carry(error, edits)) throw error;
  const response = await framework.respond(error);
  const own = new Response(response.body, response);
  for (const line of cookies) own.headers.append("set-cookie", line);
  return new FetchResponse(own).edited(edits);
}

/** Returns whether all edits only restrict caches. Caches keep no error responses. */
export const areForCaches = (edits: readonly HeaderEdit[]): boolean =>
  edits.every(({ kind }) => kind === "private" || kind === "vary");
