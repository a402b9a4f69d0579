import { type Awaitable, chain } from "../../crypto/awaitable.ts";
import type { EditOptions } from "../../types/administration.ts";
import { gone } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import type { OpenSession, SessionManager, Sessions } from "../../types/sessions.ts";
import type { SealedStore, SessionStore } from "../../types/store.ts";
import type { Transport } from "../../types/transport.ts";
import type { SessionBackend } from "../backend/backend.ts";
import { cookieBackend } from "../backend/cookie-backend.ts";
import { Notes } from "../backend/notes.ts";
import { storeBackend } from "../backend/store-backend.ts";
import { Withdrawals } from "../backend/withdrawals.ts";
import { SessionLanes } from "../commit/session-lanes.ts";
import type { Config } from "../config/config.ts";
import { policyOf } from "../config/policy.ts";
import { handleWith } from "../http/handle.ts";
import { run } from "../language/flow.ts";
import { frozen } from "../language/guard.ts";
import { isId } from "../record/token.ts";
import { validateOnLoad } from "../record/validate-data.ts";
import { touchSession } from "../request/commit-changes.ts";
import { commitRequest } from "../request/commit-request.ts";
import { sessionIdFor } from "../request/owner.ts";
import { RequestSession } from "../request/request-session.ts";
import { SessionFacade } from "../request/session-facade.ts";
import { createClock } from "../runtime/clock.ts";
import { createManagerContext, type ManagerContext } from "../runtime/context.ts";
import { createAdmin } from "./admin.ts";
import { createAdministration } from "./administration.ts";
import { checkEdit, checkHandle, checkIssue, checkOpen } from "./call-options.ts";
import { issueWith } from "./issue.ts";
import { checkCarrier, mount, mountedSession, notMounted } from "./mounts.ts";
import { openRequest, toHead } from "./open-request.ts";
import { createPruner } from "./prune-loop.ts";
import { storedDeadlines } from "./stored-deadlines.ts";

/** The core is untyped; `createSessions()` adds the types of the data. */
type AnyData = Record<string, unknown>;

/** Runs before a manager uses its store: starts pruning and awaits the store's clock. */
type Prepare = () => Promise<void> | undefined;

function createBase(
  context: ManagerContext,
  backend: SessionBackend,
  storeName: string,
  transports: readonly Transport[],
  prepare: Prepare,
  close: () => Promise<void>,
): SessionManager<AnyData> {
  const { config } = context;

  /** A promise only where something waits. What throws rejects, whatever the store. */
  const load = (requestSession: RequestSession): Awaitable<void> => {
    try {
      return chain(prepare(), () => requestSession.load());
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
const notAtomic = (store: string): string =>
  `The store "${store}" cannot write conditionally. Writes of this process are safe, but another process that writes the same session at the same time may undo a change or a logout.`;

/** Creates a manager of sealed sessions, which the client's token contains. */
export function createSealedSessions(
  config: Config,
  store: SealedStore,
  transports: readonly Transport[],
): SessionManager<AnyData> {
  const context = createManagerContext(config, createClock(config.clock, {}, 0));
  const backend = cookieBackend(context, store);
  const none = (): undefined => undefined;
  return frozen(createBase(context, backend, store.name, transports, none, async () => undefined));
}

/** Creates a manager of stored sessions. */
export function createStoredSessions(
  config: Config,
  store: SessionStore,
  transports: readonly Transport[],
): Sessions<AnyData> {
  const context = createManagerContext(config, createClock(config.clock, store, config.storeTimeout));
  const { clock, emit } = context;
  const lanes = new SessionLanes(context, store);
  const correctDeadlines = storedDeadlines(context, store, new Notes(context, store));
  const pruner = createPruner(context, store, correctDeadlines);
  const prepare: Prepare = () => {
    pruner.start();
    return clock.ready();
  };
  const withdrawals = new Withdrawals(context, store);
  const backend = storeBackend(context, store, lanes, withdrawals, prepare);
  const admin = createAdmin(context, store, correctDeadlines);
  store.onEvict?.(({ namespace, id }) => {
    if (namespace === config.namespace) emit({ type: "evicted", id, by: "store" });
  });
  store.onWarning?.(context.warnOnce);
  if (!store.atomic) emit({ type: "warning", code: "NOT_ATOMIC", message: notAtomic(store.name) });
  const close = async (): Promise<void> => {
    pruner.stop();
    await lanes.idle();
    await withdrawals.close();
    await store.close?.();
  };
  const ready = async <T>(work: () => Promise<T>): Promise<T> => {
    await prepare();
    return work();
  };

  const base = createBase(context, backend, store.name, transports, prepare, close);
  const more = {
    edit: async <T>(
      id: string,
      fn: (session: Session<AnyData>) => T | Promise<T>,
      options: EditOptions = {},
    ): Promise<T> => {
      const known = isId(sessionIdFor(id, "sessions.edit()"));
      checkEdit(fn, options);
      const { touch = false } = options;
      return ready(async () => {
        const found = known ? await admin.find(id) : undefined;
        if (!found) throw gone();
        const state = validateOnLoad(found, config);
        const requestSession = new RequestSession(context, backend, undefined, [], { state });
        requestSession.isUserActivity = touch;
        const result = await fn(new SessionFacade(requestSession));
        await commitRequest(requestSession, { status: 200 });
        if (touch && requestSession.saved?.state === state) await run(touchSession(requestSession));
        return result;
      });
    },
    find: (id: string) =>
      ready(async () => {
        const state = isId(id) ? await admin.find(id) : undefined;
        return state && admin.info(state);
      }),
    ...createAdministration(context, admin, ready),
    destroyAll: () => ready(() => admin.destroyAll()),
    prune: () => pruner.prune(),
    count: () => ready(() => admin.count()),
  } satisfies Omit<Sessions<AnyData>, keyof SessionManager>;
  return frozen(Object.assign(base, more));
}
