import { invalidOption } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import type { SessionManager } from "../../types/sessions.ts";
import { checkMount } from "../shared/mount-options.ts";
import { commitAfter, type MountedSessions, respondAfter } from "./commit.ts";

export {
  type FlashSessionData,
  type SessionStorage,
  type StorageOptions,
  type StorageSession,
  sessionStorageOf,
} from "./storage.ts";

/** Options for mounting a session on a request. */
export interface MountOptions<Data extends object> {
  /**
   * A context from React Router's `createContext()`, for `context.get(sessionContext)` instead of
   * `sessions.get(context)`.
   */
  readonly as?: { defaultValue?: Session<Data> | undefined } | undefined;
  /** Loads the session only in `session.load()`. For applications where few routes use it. @default false */
  readonly lazy?: boolean | undefined;
}

/** The part of the arguments of a middleware of React Router that is used. */
export interface MiddlewareArgs {
  readonly request: Request;
  readonly context: { set(context: { defaultValue?: unknown }, value: unknown): void };
}

/** Server middleware, as in the `middleware` export of a route module. */
export type SessionMiddleware = (args: MiddlewareArgs, next: () => Promise<unknown>) => Promise<Response>;

/**
 * Returns middleware for React Router 7 and 8: `export const middleware = session(sessions)` in the root route, then
 * `sessions.get(context)` in all loaders, actions and middleware of a request.
 *
 * The response is sent after the commit. An error of the commit goes to the `ErrorBoundary`, with its status. It takes
 * two middleware functions: React Router turns an error of the inner one into a response before the outer one
 * continues.
 */
export function session<Data extends object>(
  sessions: SessionManager<Data>,
  options: MountOptions<Data> = {},
): SessionMiddleware[] {
  checkMount<MountOptions<Data>>(sessions, options);
  const { as, lazy } = options;
  return [
    async ({ request, context }, next) => {
      const follow = next as () => Promise<Response>;
      if (sessions.tryGet(request)) return follow();
      if (sessions.tryGet(context)) throw sharedContext();
      const opened = await sessions.open(request, { carriers: [context, request], lazy });
      if (as) context.set(as, opened.session);
      const others = sessionsByRequest.get(request);
      const mounted = others ?? { opened: [], edits: [], isClaimed: false };
      mounted.opened.push(opened);
      sessionsByRequest.set(request, mounted);
      return others ? follow() : respondAfter(mounted, follow);
    },
    async ({ request }, next) => {
      const follow = next as () => Promise<Response>;
      const mounted = sessionsByRequest.get(request);
      return mounted && !mounted.isClaimed ? commitAfter(mounted, follow) : follow();
    },
  ];
}

const sessionsByRequest = new WeakMap<Request, MountedSessions>();

const sharedContext = (): Error =>
  invalidOption(
    "Two requests were given the same RouterContextProvider, so one user would see the session of another. Create a new one in every call of getLoadContext.",
  );
