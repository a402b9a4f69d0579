import type { Known } from "../../core/language/known-keys.ts";
import type { SessionManager } from "../../types/sessions.ts";
import { type LocalsOptions, withLocals } from "../shared/locals.ts";
import { checkMount } from "../shared/mount-options.ts";
import { carry, respond, type SvelteKitEvent, statusOf } from "./responses.ts";

export type { SvelteKitEvent } from "./responses.ts";

/** A `handle` hook for SvelteKit 2 and 3, alone or in `sequence()`. */
export type SvelteKitHandle = <Event extends SvelteKitEvent>(input: {
  event: Event;
  resolve: (event: Event) => Response | Promise<Response>;
}) => Promise<Response>;

/** Options for mounting a session on `event.locals`. */
export type MountOptions = LocalsOptions<SvelteKitEvent>;

const mounting: Known<MountOptions> = { as: true, lazy: true, onError: true };

/**
 * Returns a `handle` hook for SvelteKit 2 and 3: `export const handle = session(sessions)` in `src/hooks.server.ts`,
 * then `event.locals.session` or `sessions.get(event)` in load functions, form actions, endpoints and remote functions.
 *
 * ```ts
 * declare global {
 *   namespace App { interface Locals { session: Session<Visit> } }
 * }
 * ```
 *
 * The response is sent after the commit. A failed commit is answered with the error's status, for SvelteKit's client in
 * its own format. An error with status 500 goes to SvelteKit and its `handleError`.
 */
export function session<Data extends object>(
  sessions: SessionManager<Data>,
  options: MountOptions = {},
): SvelteKitHandle {
  checkMount(sessions, options, mounting);
  return ({ event, resolve }) =>
    withLocals(
      sessions,
      event,
      options,
      {
        statusOf: (result) => statusOf(result, event),
        carry: (thrown, edits) => carry(thrown, edits, event),
        respond: (error) => (options.onError ? options.onError(error, event) : respond(error, event)),
      },
      () => resolve(event),
    );
}
