import { statusOf } from "../../core/http/error-response.ts";
import { FetchAnswer } from "../../core/http/fetch-response.ts";
import { SessionError } from "../../types/errors.ts";
import type { OpenSession, SessionManager } from "../../types/sessions.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { mountedBefore, noteSkipped } from "./already-mounted.ts";
import { drop } from "./fetch-response.ts";
import { originalStatus } from "./original-status.ts";
import { putSession, unlessDeleted } from "./session-property.ts";

/** What frameworks that keep a request's own things in its `locals` give to their hooks. */
export interface LocalsContext {
  readonly request: Request;
  readonly locals: object;
}

/** How a session is mounted on `locals`. */
export interface LocalsOptions<Context> {
  /** The property of `locals` that holds the session. @default "session" */
  readonly as?: string | undefined;
  /** Leave loading to `session.load()`, where only few requests use the session. @default false */
  readonly lazy?: boolean | undefined;
  /**
   * Answers an error to which the framework would not give its status or its cookies: a session that could not be stored.
   * What it throws, the framework answers. @default a sentence for the visitor, with the error's status
   */
  readonly onError?: ((error: unknown, context: Context) => Response | Promise<Response>) | undefined;
}

/** How the handlers of a request ended. */
export type Ended = { readonly response: Response } | { readonly thrown: unknown };

/** What differs between frameworks. */
export interface LocalsFramework {
  /** The status that decides about the session's changes. */
  statusOf(ended: Ended): number | Promise<number>;
  /** Lets the framework's own answer to what was thrown carry these edits. False: it cannot. */
  carry(thrown: unknown, edits: readonly HeaderEdit[]): boolean;
  /** The answer to an error that does not go to the framework. */
  answer(error: unknown): Response | Promise<Response>;
}

/** Runs what answers a request, with the session in its `locals`. The response leaves after the commit. */
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
    putSession(locals, as, known);
    return run();
  }
  const opened = await sessions.open(request, { carriers: [context, locals, request], lazy });
  putSession(locals, as, opened.session);
  noteSkipped(sessions, locals, opened.session);
  return settle(
    unlessDeleted(opened, as, () => Object.hasOwn(locals, as)),
    locals,
    framework,
    run,
  );
}

async function settle(
  { commit }: OpenSession<object>,
  locals: object,
  framework: LocalsFramework,
  run: () => Response | Promise<Response>,
): Promise<Response> {
  const ended = await end(run);
  const status = originalStatus.get(locals) ?? (await framework.statusOf(ended));
  const answer = "response" in ended ? new FetchAnswer(ended.response) : undefined;
  let edits: readonly HeaderEdit[];
  try {
    edits = await commit({ status, error: "thrown" in ended ? ended.thrown : undefined, answer });
  } catch (failure) {
    originalStatus.set(locals, status);
    const last = await commit({ status: statusOf(failure), error: failure });
    return fail(framework, failure, last, answer?.response);
  }
  return "thrown" in ended ? fail(framework, ended.thrown, edits) : answer!.edited(edits);
}

async function end(run: () => Response | Promise<Response>): Promise<Ended> {
  try {
    return { response: await run() };
  } catch (thrown) {
    return { thrown };
  }
}

/** Answers an error. The response that is dropped may tell of what others stored: another manager's session. */
async function fail(
  framework: LocalsFramework,
  error: unknown,
  edits: readonly HeaderEdit[],
  dropped?: Response,
): Promise<Response> {
  const cookies = dropped?.headers.getSetCookie() ?? [];
  if (dropped) drop(dropped);
  const hasOwnStatus = SessionError.is(error) && error.status !== 500;
  if (!hasOwnStatus && cookies.length === 0 && framework.carry(error, edits)) throw error;
  const answer = await framework.answer(error);
  const own = new Response(answer.body, answer);
  for (const line of cookies) own.headers.append("set-cookie", line);
  return new FetchAnswer(own).edited(edits);
}

/** True for edits that only restrict caches, which keep no answers to errors. */
export const areForCaches = (edits: readonly HeaderEdit[]): boolean =>
  edits.every(({ kind }) => kind === "private" || kind === "vary");
