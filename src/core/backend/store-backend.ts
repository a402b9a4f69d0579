import { invalidOption, SessionError } from "../../types/errors.ts";
import type { RecordKey, SessionStore } from "../../types/store.ts";
import { unknown } from "../commit/commit-errors.ts";
import { newCommitId, remembers } from "../commit/commit-ids.ts";
import { eraOf } from "../commit/commit-record.ts";
import { removeRecord } from "../commit/remove-record.ts";
import type { CommitQueue } from "../commit/session-lanes.ts";
import type { Config } from "../config/config.ts";
import { fromRecord, type SessionState, toRecord } from "../record/record.ts";
import { formatToken, newSecret } from "../record/token.ts";
import { fitForStore } from "../record/validate-data.ts";
import type { Engine } from "../runtime/context.ts";
import { askStore, callStore, StoreFailure, timeLeft } from "../runtime/store-call.ts";
import { applyChange, type Change, stamped } from "../state/change.ts";
import { expired, touchDue } from "../state/expiry.ts";
import { blankState, makeId } from "../state/new-session.ts";
import { currentSecret, hashSecret } from "../state/rotation.ts";
import { openStored } from "./authenticate.ts";
import type { Held, Keeper, Wish } from "./backend.ts";
import { UserLimit } from "./user-limit.ts";
import type { Withdrawals } from "./withdrawals.ts";

/** Sessions as records in a store; the client holds only id and secret. */
export function storedKeeper(
  engine: Engine,
  store: SessionStore,
  queue: CommitQueue,
  withdrawals: Withdrawals,
  prepare: () => Promise<void> | undefined,
): Keeper {
  const { config, clock, emit } = engine;
  const limit = new UserLimit(engine, store, withdrawals);
  const endOfCommit = (): number => performance.now() + config.commitTimeout;
  const keyOf = (id: string): RecordKey => ({ namespace: config.namespace, id });

  const create = async (wish: Wish, wanted: string | undefined, end: number): Promise<Held> => {
    const commitId = newCommitId();
    for (let attempt = 0; attempt < 3; attempt++) {
      const id = (attempt === 0 ? wanted : undefined) ?? makeId(engine);
      const secret = newSecret();
      const state = firstState(engine, id, await hashSecret(secret, config), wish.change, commitId);
      if (await insert(engine, store, withdrawals, state, commitId, end)) {
        emit({ type: "created", id });
        return { state, secret };
      }
    }
    throw invalidOption("Three new session ids in a row were taken already. generateId must return random ids.");
  };

  const replace = async (held: Held, wish: Wish, end: number): Promise<Held> => {
    try {
      const { state, attempts } = await queue.run({ ...wish, era: eraOf(held.state), end }, held.state);
      if (attempts > 0) emit({ type: "committed", id: state.id, attempts });
      return { state, secret: await secretAfter(held, wish, state, config) };
    } catch (error) {
      const { rotation } = wish.change;
      const isInDoubt = SessionError.is(error) && error.code === "COMMIT_UNKNOWN";
      // A secret that may be in force, and that nobody will ever have.
      if (isInDoubt && rotation && rotation.by !== "schedule") await withdrawals.add(held.state.id, rotation.hash);
      throw error;
    }
  };

  return {
    kind: "record",
    open: (tokens) => openStored(engine, store, tokens),

    create: async (wish, id) => {
      await prepare();
      const end = endOfCommit();
      return limit.guard(wish.change.login, undefined, end, () => queue.track(create(wish, id, end)));
    },

    commit: async (held, wish) => {
      const end = endOfCommit();
      return limit.guard(wish.change.login, held.state.id, end, () => replace(held, wish, end));
    },

    withdraw: async ({ state }) => withdrawals.add(state.id, state.control.hash),

    touch: async (held) => {
      const { state } = held;
      const now = clock.now();
      if (!touchDue(state, config.limits, now)) return undefined;
      const next = stamped(state, now, true, config.limits);
      const { lastSeenAt, expiresAt } = next;
      const touched = await askStore(engine, "touch", (call) =>
        store.touch(keyOf(state.id), state, lastSeenAt, expiresAt, now, call),
      );
      if (!touched) return undefined;
      emit({ type: "touched", id: state.id });
      return { ...held, state: next };
    },

    remove: async ({ state }) => {
      await queue.track(removeRecord(engine, store, state.id));
      emit({ type: "destroyed", id: state.id });
    },

    confirm: async (held) => {
      const now = clock.now();
      const record = await askStore(engine, "read", (call) => store.read(keyOf(held.state.id), now, call));
      const state = record && fromRecord(record);
      if (!state || expired(state, config.limits, now)) return undefined;
      const isSame = state.control.hash === held.state.control.hash;
      return { state, secret: isSame ? held.secret : await currentSecret(held.secret, state, config) };
    },

    token: async ({ state, secret }) => (secret === undefined ? undefined : formatToken({ id: state.id, secret })),
  };
}

/** Another request may have rotated the secret meanwhile; then the newest one is what the client must get. */
async function secretAfter(held: Held, wish: Wish, state: SessionState, config: Config): Promise<string | undefined> {
  const { hash } = state.control;
  if (hash === held.state.control.hash) return held.secret;
  return hash === wish.change.rotation?.hash ? wish.secret : currentSecret(held.secret, state, config);
}

/** Login needs no rotation here: the secret is as new as the session. */
function firstState(engine: Engine, id: string, hash: string, change: Change, commitId: string): SessionState {
  const blank = blankState(engine, id, hash);
  const state = applyChange(blank, { ...change, rotation: undefined });
  const fitted = fitForStore(state, undefined, engine.config);
  return stamped({ ...fitted, version: 1, commitId }, blank.createdAt, true, engine.config.limits);
}

/** True: stored. False: this id is not to be used. An insert of unknown outcome is looked up once and never repeated. */
async function insert(
  engine: Engine,
  store: SessionStore,
  withdrawals: Withdrawals,
  state: SessionState,
  commitId: string,
  end: number,
): Promise<boolean> {
  const now = engine.clock.now();
  const record = toRecord(engine.config.namespace, state);
  try {
    return await callStore(engine, "create", (call) => store.create(record, now, call), timeLeft(engine, end));
  } catch (failure) {
    if (!(failure instanceof StoreFailure)) throw failure;
    if (failure.certain) throw failure.error;
    const found = await lookUp(engine, store, record, end);
    if (typeof found !== "object") await withdrawals.add(state.id, state.control.hash);
    if (found === "unreachable") throw unknown(failure.error);
    if (found === undefined) throw failure.error;
    return remembers(found, commitId);
  }
}

async function lookUp(
  engine: Engine,
  store: SessionStore,
  key: RecordKey,
  end: number,
): Promise<SessionState | "unreachable" | undefined> {
  try {
    const now = engine.clock.now();
    const record = await callStore(engine, "read", (call) => store.read(key, now, call), timeLeft(engine, end));
    return record && fromRecord(record);
  } catch {
    return "unreachable";
  }
}
