import { errorResponse } from "../../core/http/error-response.ts";
import type { Known } from "../../core/language/known-keys.ts";
import { SessionError } from "../../types/errors.ts";
import type { SessionManager } from "../../types/sessions.ts";
import {
  areForCaches,
  type HandlerResult,
  type LocalsContext,
  type LocalsFramework,
  type LocalsOptions,
  withLocals,
} from "../shared/locals.ts";
import { checkMount } from "../shared/mount-options.ts";
import { afterFirstChunk, buffered } from "./page.ts";

/** The used part of Astro's `APIContext`. */
export interface AstroContext extends LocalsContext {
  readonly isPrerendered: boolean;
}

/** Astro middleware, alone as `onRequest` or in `sequence()`. */
export type AstroMiddleware = (context: AstroContext, next: () => Promise<Response>) => Promise<Response>;

/** Options for mounting a session on `locals`. */
export interface MountOptions extends LocalsOptions<AstroContext> {
  /**
   * Sends a page while its components are still rendering. Changes made after that throw SESSION_CLOSED. False holds a
   * page back until it is complete. @default true
   */
  readonly stream?: boolean | undefined;
}

const mountKeys: Known<MountOptions> = { as: true, lazy: true, onError: true, stream: true };

/**
 * Returns middleware for Astro: `export const onRequest = session(sessions)` in `src/middleware.ts`, then
 * `Astro.locals.session` in pages, and `context.locals.session` in endpoints and actions. It does not use Astro's own
 * `Astro.session`.
 *
 * ```ts
 * declare namespace App { interface Locals { session: import("coatcheck").Session<Visit> } }
 * ```
 *
 * The response is sent after the commit, which runs after the page's own code and its components' code up to their
 * first `await`. If the session could not be read or stored, the response has the error's status.
 */
export function session<Data extends object>(
  sessions: SessionManager<Data>,
  options: MountOptions = {},
): AstroMiddleware {
  checkMount(sessions, options, mountKeys);
  const { as = "session", stream = true, onError = respond } = options;
  return (context, next) => {
    if (context.isPrerendered) {
      definePrerendered(context.locals, as);
      return next();
    }
    const framework: LocalsFramework = {
      statusOf,
      carry: (_, edits) => areForCaches(edits),
      respond: (error) => onError(error, context),
    };
    return withLocals(sessions, context, options, framework, async () =>
      (stream ? afterFirstChunk : buffered)(await next()),
    );
  };
}

function statusOf(result: HandlerResult): number {
  if ("response" in result) return result.response.status;
  return SessionError.is(result.thrown) ? result.thrown.status : 500;
}

function respond(error: unknown): Response {
  const { status, headers, body } = errorResponse(error);
  // Astro renders `500.astro` instead of an empty response with status 500.
  return status === 500 ? new Response(null, { status }) : new Response(body, { status, headers });
}

/** Defines a property that throws: a prerendered page is the same for all clients, so it has no session. */
function definePrerendered(locals: object, name: string): void {
  const get = (): never => {
    throw new SessionError(
      "SESSION_NOT_MOUNTED",
      "This page is prerendered when the application is built, so it has no session. Add `const prerender = false;` to it, or use the session in a server island, an endpoint or a page that is rendered on demand.",
    );
  };
  Object.defineProperty(locals, name, { get, set: get, configurable: true });
}
