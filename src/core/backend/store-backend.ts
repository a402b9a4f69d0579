import { chain } from "../../crypto/awaitable.ts";
import { gone, invalidOption, SessionError } from "../../types/errors.ts";
import type { RecordKey, SessionStore, StoreCall } from "../../types/store.ts";
import { unknown } from "../commit/commit-errors.ts";
import { newCommitId } from "../commit/commit-ids.ts";
import type { PendingCommit } from "../commit/pending-commit.ts";
import { removeRecord } from "../commit/remove-record.ts";
import type { SessionLanes } from "../commit/session-lanes.ts";
import type { Config } from "../config/config.ts";
import { type Flow, wait } from "../language/flow.ts";
import type { SessionState } from "../record/record.ts";
import { formatToken, newSecret } from "../record/token.ts";
import { validateForStore } from "../record/validate-data.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { askStore } from "../runtime/store-call.ts";
import { applyChange, type Login, withUpdatedExpiry } from "../state/change.ts";
import { expired, touchDue } from "../state/expiry.ts";
import { newSession, newSessionId } from "../state/new-session.ts";
import { currentSecret, hashSecret } from "../state/rotation.ts";
import { storedState } from "../state/stored-state.ts";
import { authenticate } from "./authenticate.ts";
import type { SavedSession, SessionBackend, WantedToken } from "./backend.ts";
import { insertRecord } from "./insert-record.ts";
import type { Revocations } from "./revocations.ts";
import type { UserLimit } from "./user-limit.ts";
import type { Withdrawals } from "./withdrawals.ts";

/** Sessions as records in a store; the client holds only id and secret. */
export function storeBackend(
  context: ManagerContext,
  store: SessionStore,
  lanes: SessionLanes,
  withdrawals: Withdrawals,
  revocations: Revocations,
  limit: UserLimit,
  prepare: () => Promise<void> | undefined,
): SessionBackend {
  const { config, clock, emit } = context;
  const endOfCommit = (): number => performance.now() + config.commitTimeout;
  const keyOf = (id: string): RecordKey => ({ namespace: config.namespace, id });

  function* create(pending: PendingCommit, wanted: WantedToken | undefined, end: number): Flow<SavedSession> {
    const commitId = newCommitId();
    const isGiven = wanted?.secret !== undefined;
    for (let attempt = 0; attempt < 3; attempt++) {
      const { id = newSessionId(context), secret = newSecret() } = (attempt === 0 && wanted) || {};
      const hash = yield* wait(hashSecret(secret, id, config));
      const state = firstState(context, id, hash, pending, commitId);
      if (yield* insertRecord(context, store, isGiven ? undefined : withdrawals, state, end)) {
        emit({ type: "created", id });
        return { state, secret };
      }
      if (isGiven) throw gone();
    }
    throw invalidOption("Three new session ids in a row were taken already. generateId must return random ids.");
  }

  function* replace(saved: SavedSession, pending: PendingCommit, end: number): Flow<SavedSession> {
    try {
      const { state, attempts, isSuperseded } = yield* wait(lanes.submit(saved.state, pending, end));
      if (attempts > 0) emit({ type: "committed", id: state.id, attempts });
      return { state, secret: isSuperseded ? undefined : yield* secretAfter(saved, pending, state, config) };
    } catch (error) {
      const { rotation } = pending.change;
      const isInDoubt = SessionError.is(error) && error.code === "COMMIT_UNKNOWN";
      // This secret may be in force, and no client will ever have it.
      if (isInDoubt && rotation && rotation.by !== "schedule") {
        yield* wait(withdrawals.add(saved.state.id, rotation.hash));
      }
      throw error;
    }
  }

  /** Ends the session of a login again if the user's sessions were revoked in the meantime. @throws SessionError */
  function* unlessRevoked(login: Login, commit: Flow<SavedSession>, end: number): Flow<SavedSession> {
    const saved = yield* commit;
    if (!store.list) return saved;
    const { id, control } = saved.state;
    try {
      if (!(yield* revocations.include(login, id, end))) return saved;
      if (yield* removeRecord(context, store, id)) emit({ type: "destroyed", id });
    } catch (error) {
      yield* wait(withdrawals.add(id, control.hash));
      // Not the store's own error, which says that nothing was written: the login was there for a while.
      throw unknown(error);
    }
    throw gone();
  }

  return {
    kind: "record",
    prepare,
    open: (tokens, end) => chain(prepare(), () => authenticate({ context, store, tokens, end })),

    *create(pending, wanted) {
      const { login } = pending.change;
      const end = endOfCommit();
      yield* wait(prepare());
      if (!login) return yield* lanes.track(create(pending, wanted, end));
      const named = wanted ?? { id: newSessionId(context) };
      const creating = create(pending, named, end);
      return yield* limit.guard(login, named.id, end, lanes.track(unlessRevoked(login, creating, end)));
    },

    *commit(saved, pending) {
      const { login } = pending.change;
      const end = endOfCommit();
      const replacing = replace(saved, pending, end);
      if (!login) return yield* replacing;
      return yield* limit.guard(login, saved.state.id, end, unlessRevoked(login, replacing, end));
    },

    withdraw: ({ state }) => withdrawals.add(state.id, state.control.hash),

    *touch(saved) {
      const { state } = saved;
      const now = clock.now();
      if (!touchDue(state, config, now)) return undefined;
      const next = withUpdatedExpiry(state, now, true, config.limits);
      const { lastSeenAt, expiresAt } = next;
      const touch = (call: StoreCall) => store.touch(keyOf(state.id), state, lastSeenAt, expiresAt, now, call);
      if (!(yield* wait(askStore(context, "touch", touch)))) return undefined;
      emit({ type: "touched", id: state.id });
      return { ...saved, state: next };
    },

    *remove({ state }) {
      yield* lanes.track(removeRecord(context, store, state.id));
      emit({ type: "destroyed", id: state.id });
    },

    *confirm(saved) {
      const now = clock.now();
      const record = yield* wait(askStore(context, "read", (call) => store.read(keyOf(saved.state.id), now, call)));
      const state = record && storedState(record, context);
      if (!state || expired(state, config.limits, now)) return undefined;
      const isSame = state.control.hash === saved.state.control.hash;
      return { state, secret: isSame ? saved.secret : yield* currentSecret(saved.secret, state, config) };
    },

    // biome-ignore lint/correctness/useYield: there is nothing to wait for
    *token({ state, secret }) {
      return secret === undefined ? undefined : formatToken({ id: state.id, secret });
    },
  };
}

/** Returns the secret to send. Another request may have rotated it in the meantime; the client must get the newest. */
function* secretAfter(
  saved: SavedSession,
  pending: PendingCommit,
  state: SessionState,
  config: Config,
): Flow<string | undefined> {
  const { hash } = state.control;
  if (hash === saved.state.control.hash) return saved.secret;
  if (hash === pending.change.rotation?.hash) return pending.newSecret;
  return yield* currentSecret(saved.secret, state, config);
}

/** Login needs no rotation here: the secret is as new as the session. */
function firstState(
  context: ManagerContext,
  id: string,
  hash: string,
  { change, isUserActivity }: PendingCommit,
  commitId: string,
): SessionState {
  const { probation } = context.config;
  const unsaved = newSession(context, id, hash);
  const isOnProbation = probation !== undefined && isUserActivity && !change.login;
  const control = isOnProbation ? { ...unsaved.control, probation: unsaved.createdAt + probation } : unsaved.control;
  const state = applyChange({ ...unsaved, control }, { ...change, rotation: undefined });
  const valid = validateForStore(state, undefined, context.config);
  return withUpdatedExpiry({ ...valid, version: 1, commitId }, unsaved.createdAt, true, context.config.limits);
}
