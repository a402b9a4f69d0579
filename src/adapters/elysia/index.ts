import { Elysia } from "elysia";
import type { Session } from "../../types/session.ts";
import type { SessionManager } from "../../types/sessions.ts";
import { checkMount, type MountOptions } from "../shared/mount-options.ts";

export type { MountOptions } from "../shared/mount-options.ts";

/** A plugin that adds the session to the context of every handler of the application. */
export type SessionPlugin<Data extends object, Name extends string> = Elysia<
  "",
  {
    decorator: Record<never, never>;
    store: Record<never, never>;
    derive: { readonly [Key in Name]: Session<Data> };
    resolve: Record<never, never>;
  }
>;

type Fetch = (request: Request) => Response | Promise<Response>;

/**
 * Returns a plugin for Elysia 1: `app.use(session(sessions))`, then `({ session }) => …` or `sessions.get(request)`.
 *
 * The response is sent after the commit. To pass an error of the commit to the application's `onError`, the request
 * runs a second time, up to `onRequest`, which throws it.
 */
export function session<Data extends object, Name extends string = "session">(
  sessions: SessionManager<Data>,
  options: MountOptions<Name> = {},
): SessionPlugin<Data, Name> {
  checkMount<MountOptions>(sessions, options);
  const { as = "session" as Name, lazy } = options;
  const mounted = new WeakMap<Request, Session<Data>>();
  const failures = new WeakMap<Request, unknown>();
  return new Elysia({ name: `coatcheck/${sessions.name}/${as}` })
    .wrap((inner) => {
      const fetch = inner as unknown as Fetch;
      const withSession: Fetch = (request) =>
        sessions.handle(
          request,
          (_, opened) => {
            mounted.set(request, opened);
            return fetch(request);
          },
          {
            lazy,
            onError: (error) => {
              failures.set(request, error);
              return fetch(request);
            },
          },
        );
      return withSession as never;
    })
    .onRequest(({ request }) => {
      if (failures.has(request)) throw failures.get(request);
    })
    .derive({ as: "global" }, ({ request }) => ({ [as]: mounted.get(request) })) as unknown as SessionPlugin<
    Data,
    Name
  >;
}
