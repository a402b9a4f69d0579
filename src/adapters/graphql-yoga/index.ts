import type { Session } from "../../types/session.ts";
import type { OpenSession, SessionManager } from "../../types/sessions.ts";
import { checkMount, type MountOptions } from "../shared/mount-options.ts";
import { commitAndRespond, type YogaResponse } from "./response.ts";

export type { MountOptions } from "../shared/mount-options.ts";
export type { YogaResponse } from "./response.ts";

/** A GraphQL Yoga plugin that adds the session to the context of resolvers. */
export interface SessionPlugin<Context extends object> {
  onRequest(payload: { readonly request: Request }): Promise<void>;
  onContextBuilding(payload: { readonly context: object; extendContext(extension: Context): void }): void;
  onResponse(payload: YogaResponse): Promise<void>;
}

/**
 * Returns a plugin for GraphQL Yoga 5: `createYoga({ schema, plugins: [session(sessions)] })`, then `context.session`
 * in resolvers, or `sessions.get(request)`.
 *
 * All operations of a batch share the session and one commit. The response is sent after the commit. If the commit
 * fails, the response is one GraphQL error with the error's status.
 */
export function session<Data extends object, Name extends string = "session">(
  sessions: SessionManager<Data>,
  options: MountOptions<Name> = {},
): SessionPlugin<{ readonly [Key in NoInfer<Name>]: Session<Data> }> {
  checkMount<MountOptions>(sessions, options);
  const { as = "session" as Name, lazy } = options;
  const openSessions = new WeakMap<object, OpenSession<Data>>();
  return {
    onRequest: async ({ request }) => {
      if (sessions.tryGet(request)) return;
      openSessions.set(request, await sessions.open(request, { lazy }));
    },
    onContextBuilding: ({ context, extendContext }) => {
      const { request } = context as { request: Request };
      const current = openSessions.get(request)?.session ?? sessions.get(request);
      extendContext({ [as]: current } as { [Key in Name]: Session<Data> });
    },
    onResponse: async (event) => {
      const opened = openSessions.get(event.request);
      if (opened) await commitAndRespond(opened, event);
    },
  };
}
