import { errorResponse } from "../../core/http/error-response.ts";
import { SessionError } from "../../types/errors.ts";
import type { SessionManager } from "../../types/sessions.ts";
import {
  areForCaches,
  type Ended,
  type LocalsContext,
  type LocalsFramework,
  type LocalsOptions,
  withLocals,
} from "../shared/locals.ts";
import { begun, whole } from "./page.ts";

/** The part of Astro's `APIContext` that sessions need. */
export interface AstroContext extends LocalsContext {
  readonly isPrerendered: boolean;
}

/** Middleware, as Astro takes it: alone as `onRequest`, or in `sequence()`. */
export type AstroMiddleware = (context: AstroContext, next: () => Promise<Response>) => Promise<Response>;

/** How a session is mounted on `locals`. */
export interface MountOptions extends LocalsOptions<AstroContext> {
  /**
   * Let a page leave while its components are still at work. What those change then comes too late, and throws
   * SESSION_CLOSED. False holds pages back until they are whole. @default true
   */
  readonly stream?: boolean | undefined;
}

/**
 * Sessions for Astro: `export const onRequest = session(sessions)` in `src/middleware.ts`, then `Astro.locals.session` in
 * pages, and `context.locals.session` in endpoints and actions. Astro's own `Astro.session` is another thing.
 *
 * ```ts
 * declare namespace App { interface Locals { session: import("coatcheck").Session<Visit> } }
 * ```
 *
 * The response leaves after the commit: when a page's own code has run, and that of its components up to their first
 * `await`. A session that could not be stored, or read, is answered with the error's status.
 */
export function session<Data extends object>(
  sessions: SessionManager<Data>,
  options: MountOptions = {},
): AstroMiddleware {
  const { as = "session", stream = true, onError = answer } = options;
  return (context, next) => {
    if (context.isPrerendered) {
      refuse(context.locals, as);
      return next();
    }
    const framework: LocalsFramework = {
      statusOf,
      carry: (_, edits) => areForCaches(edits),
      answer: (error) => onError(error, context),
    };
    return withLocals(sessions, context, options, framework, async () => (stream ? begun : whole)(await next()));
  };
}

function statusOf(ended: Ended): number {
  if ("response" in ended) return ended.response.status;
  return SessionError.is(ended.thrown) ? ended.thrown.status : 500;
}

function answer(error: unknown): Response {
  const { status, headers, body } = errorResponse(error);
  // Astro renders `500.astro` in place of an empty answer of this status.
  return status === 500 ? new Response(null, { status }) : new Response(body, { status, headers });
}

/** A page that is made while the application is built is everybody's: using a session in it is an error. */
function refuse(locals: object, name: string): void {
  const get = (): never => {
    throw new SessionError(
      "SESSION_NOT_MOUNTED",
      "This page is made when the application is built, so it has no session. Add `const prerender = false;` to it, or use the session in a server island, an endpoint or a page that is rendered on demand.",
    );
  };
  Object.defineProperty(locals, name, { get, set: get, configurable: true });
}
