import { gone } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import type { EditOptions, OpenSession, SealedSessions, Sessions } from "../../types/sessions.ts";
import type { SealedStore, SessionStore } from "../../types/store.ts";
import type { Transport } from "../../types/transport.ts";
import type { Keeper } from "../backend/backend.ts";
import { sealedKeeper } from "../backend/cookie-backend.ts";
import { storedKeeper } from "../backend/store-backend.ts";
import { Withdrawals } from "../backend/withdrawals.ts";
import { CommitQueue } from "../commit/session-lanes.ts";
import type { Config } from "../config/config.ts";
import { policyOf } from "../config/policy.ts";
import { handleWith } from "../http/handle.ts";
import { frozen } from "../language/guard.ts";
import { isId } from "../record/token.ts";
import { fitOnLoad } from "../record/validate-data.ts";
import { keepAlive } from "../request/commit-changes.ts";
import { finish } from "../request/commit-request.ts";
import { Visit } from "../request/request-session.ts";
import { LiveSession } from "../request/session-facade.ts";
import { createClock } from "../runtime/clock.ts";
import { createEngine, type Engine } from "../runtime/context.ts";
import { createDirectory } from "./admin.ts";
import { createAdministration } from "./administration.ts";
import { issueWith } from "./issue.ts";
import { checkCarrier, mount, mountedSession, notMounted } from "./mounts.ts";
import { toHead, visitOf } from "./open-request.ts";
import { createPruner, prune } from "./prune-loop.ts";

/** Anything goes in here; the types of the data are those that `createSessions` promises. */
type AnyData = Record<string, unknown>;

/** What a manager does before it uses its store: start pruning, await the store's clock. */
type Prepare = () => Promise<void> | undefined;

function createBase(
  engine: Engine,
  keeper: Keeper,
  storeName: string,
  transports: readonly Transport[],
  prepare: Prepare,
  close: () => Promise<void>,
): SealedSessions<AnyData> {
  const { config } = engine;

  const load = async (visit: Visit): Promise<void> => {
    await prepare();
    await visit.load();
  };

  const open: SealedSessions<AnyData>["open"] = (request, { carriers = [request], lazy = false } = {}) => {
    checkCarrier("sessions.open()", request);
    const head = toHead(request);
    const visit = visitOf(engine, keeper, transports, head);
    const session: Session<AnyData> = new LiveSession(visit);
    const opened: OpenSession<AnyData> = { session, commit: (outcome) => finish(visit, outcome) };
    if (config.skip?.(head)) {
      visit.problem = notMounted(config.name);
      return opened;
    }
    mount(carriers, manager, session);
    if (visit.tokens.length === 0) visit.isLoaded = !lazy;
    return lazy || visit.isLoaded ? opened : load(visit).then(() => opened);
  };

  const manager: SealedSessions<AnyData> = {
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
    handle: (request, handler, options = {}) => handleWith(() => open(request, options), request, handler, options),
    issue: async (init = {}) => {
      await prepare();
      return issueWith(engine, keeper, transports, init);
    },
    observe: engine.observe,
    policy: () => policyOf(config, storeName, transports),
    close,
    [Symbol.asyncDispose]: close,
  };
  return manager;
}

const notAtomic = (store: string): string =>
  `The store "${store}" cannot write conditionally. Within this process nothing is lost; another process that writes the same session at the same moment may undo a change or a logout.`;

/** A manager of sessions that the client's own token carries. */
export function createSealedSessions(
  config: Config,
  store: SealedStore,
  transports: readonly Transport[],
): SealedSessions<AnyData> {
  const engine = createEngine(config, createClock(config.clock, {}, 0));
  const keeper = sealedKeeper(engine, store);
  return frozen(
    createBase(
      engine,
      keeper,
      store.name,
      transports,
      () => undefined,
      async () => undefined,
    ),
  );
}

/** A manager of sessions in a store. */
export function createStoredSessions(
  config: Config,
  store: SessionStore,
  transports: readonly Transport[],
): Sessions<AnyData> {
  const engine = createEngine(config, createClock(config.clock, store, config.storeTimeout));
  const { clock, emit } = engine;
  const queue = new CommitQueue(engine, store);
  const pruner = createPruner(engine, store);
  const prepare: Prepare = () => {
    pruner.start();
    return clock.ready();
  };
  const withdrawals = new Withdrawals(engine, store);
  const keeper = storedKeeper(engine, store, queue, withdrawals, prepare);
  const directory = createDirectory(engine, store);
  store.onEvict?.(({ namespace, id }) => {
    if (namespace === config.namespace) emit({ type: "evicted", id, by: "store" });
  });
  if (!store.atomic) emit({ type: "warning", code: "NOT_ATOMIC", message: notAtomic(store.name) });

  const close = async (): Promise<void> => {
    pruner.stop();
    await queue.drained();
    await withdrawals.close();
    await store.close?.();
  };
  const ready = async <T>(work: () => Promise<T>): Promise<T> => {
    await prepare();
    return work();
  };

  const base = createBase(engine, keeper, store.name, transports, prepare, close);
  const more = {
    edit: <T>(
      id: string,
      fn: (session: Session<AnyData>) => T | Promise<T>,
      { seen = false }: EditOptions = {},
    ): Promise<T> =>
      ready(async () => {
        const found = isId(id) ? await directory.find(id) : undefined;
        if (!found) throw gone();
        const state = fitOnLoad(found, config);
        const visit = new Visit(engine, keeper, undefined, [], { state });
        visit.isSeen = seen;
        const result = await fn(new LiveSession(visit));
        await finish(visit, { status: 200 });
        if (seen && visit.held?.state === state) await keepAlive(visit);
        return result;
      }),
    find: (id: string) =>
      ready(async () => {
        const state = isId(id) ? await directory.find(id) : undefined;
        return state && directory.info(state);
      }),
    ...createAdministration(engine, directory, ready),
    destroyAll: () => ready(() => directory.destroyAll()),
    prune: () => prune(engine, store),
    count: () => ready(() => directory.count()),
  } satisfies Omit<Sessions<AnyData>, keyof SealedSessions>;
  return frozen(Object.assign(base, more));
}
