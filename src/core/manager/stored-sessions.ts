import type { DataOptions, EditOptions } from "../../types/administration.ts";
import { gone, sessionsClosed } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import type { SessionManager, Sessions } from "../../types/sessions.ts";
import type { SessionStore } from "../../types/store.ts";
import type { Transport } from "../../types/transport.ts";
import { Notes } from "../backend/notes.ts";
import { Revocations } from "../backend/revocations.ts";
import { signedStore } from "../backend/signed-store.ts";
import { storeBackend } from "../backend/store-backend.ts";
import { UserLimit } from "../backend/user-limit.ts";
import { Withdrawals } from "../backend/withdrawals.ts";
import { SessionLanes } from "../commit/session-lanes.ts";
import type { Config } from "../config/config.ts";
import { flow, run } from "../language/flow.ts";
import { frozen } from "../language/guard.ts";
import { isId } from "../record/token.ts";
import { validateOnLoad } from "../record/validate-data.ts";
import { commitRequest } from "../request/commit-request.ts";
import { sessionIdFor } from "../request/owner.ts";
import { RequestSession } from "../request/request-session.ts";
import { SessionFacade } from "../request/session-facade.ts";
import { createClock } from "../runtime/clock.ts";
import { createManagerContext } from "../runtime/context.ts";
import { createAdmin } from "./admin.ts";
import { createAdministration } from "./administration.ts";
import { checkEdit, checkFind } from "./call-options.ts";
import { type AnyData, createManager } from "./manager.ts";
import { createPruner } from "./prune-loop.ts";
import { infoOf } from "./session-info.ts";
import { storedDeadlines } from "./stored-deadlines.ts";

const notAtomic = (store: string): string =>
  `The store "${store}" cannot write conditionally. Writes of this process are safe, but another process that writes the same session at the same time may undo a change or a logout.`;

/** Creates a manager of stored sessions. */
export function createStoredSessions(
  config: Config,
  given: SessionStore,
  transports: readonly Transport[],
): Sessions<AnyData> {
  const store = signedStore(given, config);
  const context = createManagerContext(config, createClock(config.clock, store, config.storeTimeout / 2));
  const { clock, emit } = context;
  const lanes = new SessionLanes(context, store);
  const notes = new Notes(context, store);
  const revocations = new Revocations(context, notes);
  const correctDeadlines = storedDeadlines(context, store, notes);
  const pruner = createPruner(context, store, correctDeadlines);
  let isClosed = false;
  const prepare = (): Promise<void> | undefined => {
    if (isClosed) throw sessionsClosed();
    pruner.start();
    return clock.ready();
  };
  const withdrawals = new Withdrawals(context, store);
  const limit = new UserLimit(context, store, withdrawals, notes);
  const backend = storeBackend(context, store, lanes, withdrawals, revocations, limit, prepare);
  const admin = createAdmin(context, store, revocations, correctDeadlines);
  store.onEvict?.(({ namespace, id }) => {
    if (namespace === config.namespace) emit({ type: "evicted", id, by: "store" });
  });
  store.onWarning?.(context.warnOnce);
  if (!store.atomic) emit({ type: "warning", code: "NOT_ATOMIC", message: notAtomic(store.name) });

  const shut = async (): Promise<void> => {
    isClosed = true;
    pruner.stop();
    await lanes.close(config.commitTimeout);
    await withdrawals.close();
    await store.close?.();
  };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= shut();
    return closing;
  };
  /** Runs what `close()` waits for once it has begun. */
  const ready = async <T>(work: () => Promise<T>): Promise<T> => {
    const prepared = async (): Promise<T> => {
      await prepare();
      return work();
    };
    return run(lanes.track(flow(prepared)));
  };

  // A list, because the names of its members would be in every application's bundle.
  const parts = [context, store, backend, lanes, notes, revocations, limit, transports];
  const findOld = config.legacy?.[0]?.attach(parts, config.legacy);
  const base = createManager(context, backend, store.name, transports, close, findOld);
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
        return result;
      });
    },
    find: async (id: string, options: DataOptions = {}) => {
      checkFind(options);
      return ready(async () => {
        const state = isId(id) ? await admin.find(id) : undefined;
        return state && infoOf(context, state, options.keys);
      });
    },
    ...createAdministration(context, admin, ready),
    destroyAll: () => ready(() => admin.destroyAll()),
    prune: async () => {
      if (isClosed) throw sessionsClosed();
      return pruner.prune();
    },
    count: () => ready(() => admin.count()),
  } satisfies Omit<Sessions<AnyData>, keyof SessionManager>;
  return frozen(Object.assign(base, more));
}
