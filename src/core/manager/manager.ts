import { chain } from "../../crypto/awaitable.ts";
import type { Session } from "../../types/session.ts";
import type { OpenSession, SessionManager } from "../../types/sessions.ts";
import type { Transport } from "../../types/transport.ts";
import type { SessionBackend } from "../backend/backend.ts";
import { policyOf } from "../config/policy.ts";
import { handleWith } from "../http/handle.ts";
import { attempt } from "../language/flow.ts";
import { commitRequest } from "../request/commit-request.ts";
import type { RequestSession } from "../request/request-session.ts";
import { SessionFacade } from "../request/session-facade.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { checkHandle, checkIssue, checkOpen } from "./call-options.ts";
import { issueWith } from "./issue.ts";
import { checkCarrier, mount, mountedSession, notMounted } from "./mounts.ts";
import { openRequest, toHead } from "./open-request.ts";

/** The core is untyped; `createSessions()` adds the types of the data. */
export type AnyData = Record<string, unknown>;

/**
 * Creates what managers of stored and of sealed sessions have in common.
 *
 * @param findOld looks in each request for sessions of other libraries
 */
export function createManager(
  context: ManagerContext,
  backend: SessionBackend,
  storeName: string,
  transports: readonly Transport[],
  close: () => Promise<void>,
  findOld?: (request: RequestSession) => void,
): SessionManager<AnyData> {
  const { config } = context;

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
    findOld?.(requestSession);
    if (requestSession.isAnonymous) requestSession.isLoaded = !lazy;
    if (lazy || requestSession.isLoaded) return opened;
    return attempt(() => chain(requestSession.load(), () => opened));
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
      await backend.prepare();
      return issueWith(context, backend, transports, init);
    },
    observe: context.observe,
    policy: () => policyOf(config, storeName, transports),
    close,
    [Symbol.asyncDispose]: close,
  };
  return manager;
}
