import { invalidOption } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import type { SessionManager } from "../../types/sessions.ts";
import { answerAfter, commitAfter, type MountedSessions } from "./commit.ts";

export {
  type FlashSessionData,
  type SessionStorage,
  type StorageOptions,
  type StorageSession,
  sessionStorageOf,
} from "./storage.ts";

/** How a session is mounted on a request. */
export interface MountOptions<Data extends object> {
  /** What React Router's `createContext()` made, for who prefers `context.get(visitContext)` to `sessions.get(context)`. */
  readonly as?: { defaultValue?: Session<Data> | undefined } | undefined;
  /** Leave loading to `session.load()`, where only few routes use the session. @default false */
  readonly lazy?: boolean | undefined;
}

export interface MiddlewareArgs {
  readonly request: Request;
  readonly context: { set(context: { defaultValue?: unknown }, value: unknown): void };
}

/** Server middleware, as in the `middleware` of a route module. */
export type SessionMiddleware = (args: MiddlewareArgs, next: () => Promise<unknown>) => Promise<Response>;

/**
 * Sessions for React Router 7 and 8: `export const middleware = session(sessions)` in the root route, then
 * `sessions.get(context)` in all loaders, actions and middlewares of a request.
 *
 * The response leaves after the commit. An error of the commit goes to the `ErrorBoundary`, with its status. These are two
 * middlewares, because what one throws is answered by React Router before the one around it.
 */
export function session<Data extends object>(
  sessions: SessionManager<Data>,
  { as, lazy }: MountOptions<Data> = {},
): SessionMiddleware[] {
  return [
    async ({ request, context }, next) => {
      const follow = next as () => Promise<Response>;
      if (sessions.tryGet(request)) return follow();
      if (sessions.tryGet(context)) throw sharedContext();
      const opened = await sessions.open(request, { carriers: [context, request], lazy });
      if (as) context.set(as, opened.session);
      const others = visits.get(request);
      const visit = others ?? { opened: [], edits: [], isClaimed: false };
      visit.opened.push(opened);
      visits.set(request, visit);
      return others ? follow() : answerAfter(visit, follow);
    },
    async ({ request }, next) => {
      const follow = next as () => Promise<Response>;
      const visit = visits.get(request);
      return visit && !visit.isClaimed ? commitAfter(visit, follow) : follow();
    },
  ];
}

const visits = new WeakMap<Request, MountedSessions>();

const sharedContext = (): Error =>
  invalidOption(
    "Two requests were given the same RouterContextProvider, so one visitor would see the session of another. Make a new one in every call of getLoadContext.",
  );
