import type { SessionManager } from "../../types/sessions.ts";
import { isEncrypted, NodeRequestHead } from "../node/request.ts";
import type { NodeRequest, NodeResponse } from "../node/types.ts";
import { mountedBefore, noteSkipped } from "../shared/already-mounted.ts";
import type { MountOptions } from "../shared/mount-options.ts";
import { unlessDeleted } from "../shared/session-property.ts";
import { commitBuffered, isBuffered } from "./buffered.ts";
import { withCalls } from "./calls.ts";
import { putSession } from "./context.ts";
import { commitHeld } from "./held.ts";

export type { MountOptions } from "../shared/mount-options.ts";

/** The part of an application of h3 1 that sessions need. */
export interface H3App {
  handler: (event: never) => unknown;
}

interface H3Event {
  readonly node: { readonly req: NodeRequest; readonly res: NodeResponse };
  readonly context: Record<string, unknown>;
  _handled: boolean;
}

/**
 * Sessions for h3 1, and so for Nitro 2 and Nuxt 3 and 4, as a plugin of Nitro: `export default defineNitroPlugin(session(sessions))`
 * in `server/plugins/session.ts`. An application of h3 alone is given by hand: `session(sessions)({ h3App: app })`.
 * Then `sessions.get(event)`, or `event.context.session`, which applications declare in h3's `H3EventContext`.
 *
 * The response leaves after the commit; an error of the commit is answered as one that a handler throws.
 * In a handler whose answer Nitro caches for everybody, the session throws SESSION_NOT_MOUNTED.
 */
export function session<Data extends object>(
  sessions: SessionManager<Data>,
  { as = "session", lazy }: MountOptions = {},
): (nitroApp: { readonly h3App: H3App }) => void {
  return ({ h3App }) => {
    const inner = h3App.handler as (event: H3Event) => unknown;
    const handler = async (event: H3Event): Promise<void> => {
      const { req, res } = event.node;
      const known = mountedBefore(sessions, event, event.context[as], as);
      if (known) {
        putSession(event.context, as, known);
        await inner(event);
        return;
      }
      const opened = await sessions.open(new NodeRequestHead(req, isEncrypted(req)), { carriers: [event, req], lazy });
      putSession(event.context, as, opened.session);
      noteSkipped(sessions, event, opened.session);
      const { commit: committing } = unlessDeleted(opened, as, () => Object.hasOwn(event.context, as));
      const commit = withCalls(req, event.context, committing);
      const handle = async (): Promise<unknown> => inner(event);
      try {
        await (isBuffered(res) ? commitBuffered(res, commit, handle) : commitHeld(res, commit, handle));
      } catch (error) {
        // An answer that was taken back; the response itself knows whether one has left.
        event._handled = false;
        throw error;
      }
    };
    // h3 keeps what it knows of a handler on the function.
    h3App.handler = Object.assign(handler, inner);
  };
}
