import { invalidOption, SessionError } from "../../types/errors.ts";
import type { RecordKey, SessionStore } from "../../types/store.ts";
import { unknown } from "../commit/commit-errors.ts";
import { newCommitId, remembers } from "../commit/commit-ids.ts";
import { eraOf } from "../commit/commit-record.ts";
import { removeRecord } from "../commit/remove-record.ts";
import type { SessionLanes } from "../commit/session-lanes.ts";
import type { Config } from "../config/config.ts";
import { fromRecord, type SessionState, toRecord } from "../record/record.ts";
import { formatToken, newSecret } from "../record/token.ts";
import { validateForStore } from "../record/validate-data.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { askStore, callStore, StoreFailure, timeLeft } from "../runtime/store-call.ts";
import { applyChange, type SessionChange, withUpdatedExpiry } from "../state/change.ts";
import { expired, touchDue } from "../state/expiry.ts";
import { newSession, newSessionId } from "../state/new-session.ts";
import { currentSecret, hashSecret } from "../state/rotation.ts";
import { authenticate } from "./authenticate.ts";
import type { PendingCommit, SavedSession, SessionBackend } from "./backend.ts";
import { UserLimit } from "./user-limit.ts";
import type { Withdrawals } from "./withdrawals.ts";

/** Sessions as records in a store; the client holds only id and secret. */
export function storeBackend(
  context: ManagerContext,
  store: SessionStore,
  queue: SessionLanes,
  withdrawals: Withdrawals,
  prepare: () => Promise<void> | undefined,
): SessionBackend {
  const { config, clock, emit } = context;
  const limit = new UserLimit(context, store, withdrawals);
  const endOfCommit = (): number => performance.now() + config.commitTimeout;
  const keyOf = (id: string): RecordKey => ({ namespace: config.namespace, id });

  const create = async (pending: PendingCommit, wanted: string | undefined, end: number): Promise<SavedSession> => {
    const commitId = newCommitId();
    for (let attempt = 0; attempt < 3; attempt++) {
      const id = (attempt === 0 ? wanted : undefined) ?? newSessionId(context);
      const secret = newSecret();
      const state = firstState(context, id, await hashSecret(secret, config), pending.change, commitId);
      if (await insert(context, store, withdrawals, state, commitId, end)) {
        emit({ type: "created", id });
        return { state, secret };
      }
    }
    throw invalidOption("Three new session ids in a row were taken already. generateId must return random ids.");
  };

  const replace = async (saved: SavedSession, pending: PendingCommit, end: number): Promise<SavedSession> => {
    try {
      const { state, attempts } = await queue.submit({ ...pending, era: eraOf(saved.state), end }, saved.state);
      if (attempts > 0) emit({ type: "committed", id: state.id, attempts });
      return { state, secret: await secretAfter(saved, pending, state, config) };
    } catch (error) {
      const { rotation } = pending.change;
      const isInDoubt = SessionError.is(error) && error.code === "COMMIT_UNKNOWN";
      // A secret that may be in force, and that nobody will ever have.
      if (isInDoubt && rotation && rotation.by !== "schedule") await withdrawals.add(saved.state.id, rotation.hash);
      throw error;
    }
  };

  return {
    kind: "record",
    open: (tokens) => authenticate(context, store, tokens),

    create: async (pending, id) => {
      await prepare();
      const end = endOfCommit();
      return limit.guard(pending.change.login, undefined, end, () => queue.track(create(pending, id, end)));
    },

    commit: async (saved, pending) => {
      const end = endOfCommit();
      return limit.guard(pending.change.login, saved.state.id, end, () => replace(saved, pending, end));
    },

    withdraw: async ({ state }) => withdrawals.add(state.id, state.control.hash),

    touch: async (saved) => {
      const { state } = saved;
      const now = clock.now();
      if (!touchDue(state, config.limits, now)) return undefined;
      const next = withUpdatedExpiry(state, now, true, config.limits);
      const { lastSeenAt, expiresAt } = next;
      const touched = await askStore(context, "touch", (call) =>
        store.touch(keyOf(state.id), state, lastSeenAt, expiresAt, now, call),
      );
      if (!touched) return undefined;
      emit({ type: "touched", id: state.id });
      return { ...saved, state: next };
    },

    remove: async ({ state }) => {
      await queue.track(removeRecord(context, store, state.id));
      emit({ type: "destroyed", id: state.id });
    },

    confirm: async (saved) => {
      const now = clock.now();
      const record = await askStore(context, "read", (call) => store.read(keyOf(saved.state.id), now, call));
      const state = record && fromRecord(record);
      if (!state || expired(state, config.limits, now)) return undefined;
      const isSame = state.control.hash === saved.state.control.hash;
      return { state, secret: isSame ? saved.secret : await currentSecret(saved.secret, state, config) };
    },

    token: async ({ state, secret }) => (secret === undefined ? undefined : formatToken({ id: state.id, secret })),
  };
}

/** Another request may have rotated the secret meanwhile; then the newest one is what the client must get. */
async function secretAfter(
  saved: SavedSession,
  pending: PendingCommit,
  state: SessionState,
  config: Config,
): Promise<string | undefined> {
  const { hash } = state.control;
  if (hash === saved.state.control.hash) return saved.secret;
  return hash === pending.change.rotation?.hash ? pending.newSecret : currentSecret(saved.secret, state, config);
}

/** Login needs no rotation here: the secret is as new as the session. */
function firstState(
  context: ManagerContext,
  id: string,
  hash: string,
  change: SessionChange,
  commitId: string,
): SessionState {
  const blank = newSession(context, id, hash);
  const state = applyChange(blank, { ...change, rotation: undefined });
  const fitted = validateForStore(state, undefined, context.config);
  return withUpdatedExpiry({ ...fitted, version: 1, commitId }, blank.createdAt, true, context.config.limits);
}

/** True: stored. False: this id is not to be used. An insert of unknown outcome is looked up once and never repeated. */
async function insert(
  context: ManagerContext,
  store: SessionStore,
  withdrawals: Withdrawals,
  state: SessionState,
  commitId: string,
  end: number,
): Promise<boolean> {
  const now = context.clock.now();
  const record = toRecord(context.config.namespace, state);
  try {
    return await callStore(context, "create", (call) => store.create(record, now, call), timeLeft(context, end));
  } catch (failure) {
    if (!(failure instanceof StoreFailure)) throw failure;
    if (failure.certain) throw failure.error;
    const found = await lookUp(context, store, record, end);
    if (typeof found !== "object") await withdrawals.add(state.id, state.control.hash);
    if (found === "unreachable") throw unknown(failure.error);
    if (found === undefined) throw failure.error;
    return remembers(found, commitId);
  }
}

async function lookUp(
  context: ManagerContext,
  store: SessionStore,
  key: RecordKey,
  end: number,
): Promise<SessionState | "unreachable" | undefined> {
  try {
    const now = context.clock.now();
    const record = await callStore(context, "read", (call) => store.read(key, now, call), timeLeft(context, end));
    return record && fromRecord(record);
  } catch {
    return "unreachable";
  }
}
