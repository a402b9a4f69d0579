import type { SessionManager } from "../../types/sessions.ts";
import { isEncrypted, NodeRequestHead } from "../node/request.ts";
import type { NodeRequest, NodeResponse } from "../node/types.ts";
import { mountedBefore, noteSkipped } from "../shared/already-mounted.ts";
import { checkMount, type MountOptions } from "../shared/mount-options.ts";
import { unlessDeleted } from "../shared/session-property.ts";
import { commitBuffered, isBuffered } from "./buffered.ts";
import { withInternalCalls } from "./calls.ts";
import { defineSession } from "./context.ts";
import { commitHeld } from "./held.ts";

export type { MountOptions } from "../shared/mount-options.ts";

/** The used part of an h3 1 application. */
export interface H3App {
  handler: (event: never) => unknown;
}

interface H3Event {
  readonly node: { readonly req: NodeRequest; readonly res: NodeResponse };
  readonly context: Record<string, unknown>;
  _handled: boolean;
}

/**
 * Returns a plugin for Nitro 2, and so for Nuxt 3 and 4: `export default defineNitroPlugin(session(sessions))` in
 * `server/plugins/session.ts`. With h3 1 alone, call it with the application: `session(sessions)({ h3App: app })`.
 * Then `sessions.get(event)`, or `event.context.session`, which the application declares in h3's `H3EventContext`.
 *
 * The response is sent after the commit. An error of the commit is handled like an error of the handler. In a handler
 * whose response Nitro caches for all clients, using the session throws SESSION_NOT_MOUNTED.
 */
export function session<Data extends object>(
  sessions: SessionManager<Data>,
  options: MountOptions = {},
): (nitroApp: { readonly h3App: H3App }) => void {
  checkMount(sessions, options);
  const { as = "session", lazy } = options;
  return ({ h3App }) => {
    const inner = h3App.handler as (event: H3Event) => unknown;
    const handler = async (event: H3Event): Promise<void> => {
      const { req, res } = event.node;
      const known = mountedBefore(sessions, event, event.context[as], as);
      if (known) {
        defineSession(event.context, as, known);
        await inner(event);
        return;
      }
      const opened = await sessions.open(new NodeRequestHead(req, isEncrypted(req)), { carriers: [event, req], lazy });
      defineSession(event.context, as, opened.session);
      noteSkipped(sessions, event, opened.session);
      const { commit: committing } = unlessDeleted(opened, as, () => Object.hasOwn(event.context, as));
      const commit = withInternalCalls(req, event.context, committing);
      const handle = async (): Promise<unknown> => inner(event);
      try {
        await (isBuffered(res) ? commitBuffered(res, commit, handle) : commitHeld(res, commit, handle));
      } catch (error) {
        // The response was discarded. The Node response itself knows whether one was sent.
        event._handled = false;
        throw error;
      }
    };
    // h3 keeps metadata of a handler as properties of the function.
    h3App.handler = Object.assign(handler, inner);
  };
}
