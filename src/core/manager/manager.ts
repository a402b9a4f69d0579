import { type Awaitable, chain } from "../../crypto/awaitable.ts";
import { sessionsClosed } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import type { OpenSession, SessionManager } from "../../types/sessions.ts";
import type { Transport } from "../../types/transport.ts";
import type { SessionBackend } from "../backend/backend.ts";
import { policyOf } from "../config/policy.ts";
import { handleWith } from "../http/handle.ts";
import { commitRequest } from "../request/commit-request.ts";
import type { RequestSession } from "../request/request-session.ts";
import { SessionFacade } from "../request/session-facade.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { checkHandle, checkIssue, checkOpen } from "./call-options.ts";
import type { Door } from "./door.ts";
import { issueWith } from "./issue.ts";
import { checkCarrier, mount, mountedSession, notMounted } from "./mounts.ts";
import { openRequest, toHead } from "./open-request.ts";

/** The core is untyped; `createSessions()` adds the types of the data. */
export type AnyData = Record<string, unknown>;

/**
 * Runs before a manager uses its store: starts pruning and awaits the store's clock.
 *
 * @throws SessionError SESSIONS_CLOSED
 */
export type Prepare = () => Promise<void> | undefined;

/** Creates what managers of stored and of sealed sessions have in common. */
export function createManager(
  context: ManagerContext,
  backend: SessionBackend,
  storeName: string,
  transports: readonly Transport[],
  prepare: Prepare,
  door: Door,
  close: () => Promise<void>,
): SessionManager<AnyData> {
  const { config } = context;

  /** A promise only where something waits. What throws rejects, whatever the store. */
  const load = (requestSession: RequestSession): Awaitable<void> => {
    // The store's time and the record have one budget: a store that is down costs a request one storeTimeout.
    const end = performance.now() + config.storeTimeout;
    try {
      return chain(prepare(), () => requestSession.load(end));
    } catch (error) {
      return Promise.reject(error);
    }
  };

  const open: SessionManager<AnyData>["open"] = (request, options = {}) => {
    checkCarrier("sessions.open()", request);
    checkOpen(options);
    const { carriers = [request], lazy = false, peer } = options;
    const head = toHead(request, peer);
    const requestSession = openRequest(context, backend, transports, head);
    const session: Session<AnyData> = new SessionFacade(requestSession);
    const opened: OpenSession<AnyData> = { session, commit: (outcome) => commitRequest(requestSession, outcome) };
    if (config.skip?.(head)) {
      requestSession.problem = notMounted(config.name);
      return opened;
    }
    mount(carriers, manager, session);
    if (door.isClosed) {
      requestSession.problem = sessionsClosed();
      requestSession.isLoaded = true;
      return opened;
    }
    if (requestSession.tokens.length === 0) requestSession.isLoaded = !lazy;
    return lazy || requestSession.isLoaded ? opened : chain(load(requestSession), () => opened);
  };

  const manager: SessionManager<AnyData> = {
    name: config.name,
    tryGet: (carrier) => {
      checkCarrier("sessions.tryGet()", carrier);
      return mountedSession(carrier, manager) as Session<AnyData> | undefined;
    },
    get: (carrier) => {
      checkCarrier("sessions.get()", carrier);
      const session = mountedSession(carrier, manager) as Session<AnyData> | undefined;
      if (session) return session;
      throw notMounted(config.name);
    },
    open,
    handle: (request, handler, options = {}) => {
      // Within, because whatever is wrong is answered: handle() never rejects.
      const opening = () => {
        checkHandle(options);
        return open(request, { carriers: options.carriers, lazy: options.lazy, peer: options.peer });
      };
      return handleWith(opening, request, handler, options?.onError);
    },
    issue: async (init = {}) => {
      checkIssue(init);
      await prepare();
      return issueWith(context, backend, transports, init);
    },
    observe: context.observe,
    policy: () => policyOf(config, storeName, transports),
    close,
    [Symbol.asyncDispose]: close,
  };
  return manager;
}
