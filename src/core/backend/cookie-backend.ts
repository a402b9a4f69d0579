import { type Awaitable, chain } from "../../crypto/awaitable.ts";
import type { SealBinding, SealedStore, Unsealed } from "../../types/store.ts";
import type { PendingCommit } from "../commit/pending-commit.ts";
import { type Flow, wait } from "../language/flow.ts";
import { KnownSeals } from "../record/known-seals.ts";
import type { SessionState } from "../record/record.ts";
import { validateForStore, validateOnLoad } from "../record/validate-data.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { applyChange, withUpdatedExpiry } from "../state/change.ts";
import { expired, touchDue } from "../state/expiry.ts";
import { newSession, newSessionId } from "../state/new-session.ts";
import { isUnreadable, refuse, unfit } from "./authenticate.ts";
import type { AuthenticatedSession, SavedSession, SessionBackend, Unreadable } from "./backend.ts";

type Found = AuthenticatedSession | Unreadable | undefined;

/** Several cookies of one name: this many are tried. */
const maxTokens = 3;

/** Sessions without a store: the client's token is the sealed state itself. */
export function cookieBackend(context: ManagerContext, store: SealedStore): SessionBackend {
  const { config, clock, emit } = context;
  const { name, namespace, application = "" } = config;
  const absoluteTimeout = config.limits.absolute;
  const binding = (): SealBinding => ({ name, namespace, application, absoluteTimeout, now: clock.now() });
  const seals = new KnownSeals();

  const tryTokens = (tokens: readonly string[], index: number): Awaitable<Found> => {
    const presented = tokens[index];
    if (presented === undefined || index >= maxTokens) return undefined;
    return chain(store.unseal(presented, binding()), (unsealed) => {
      const opened = openUnsealed(unsealed, presented);
      return opened === undefined && index + 1 < tokens.length ? tryTokens(tokens, index + 1) : opened;
    });
  };

  const openUnsealed = (unsealed: Unsealed, presented: string): Found => {
    if ("refused" in unsealed) return refuse(context, unsealed.refused, undefined);
    const content = seals.parse(unsealed.text);
    if (!content) return refuse(context, "corrupt", undefined);
    const { state, error } = content;
    if (error) {
      return unfit(context, "unsupported-format", state.id, error, { state, presented, secretStatus: "current" });
    }
    const expiry = expired(state, config.limits, clock.now());
    return expiry ? refuse(context, expiry, state.id) : openState(state, presented, unsealed.stale);
  };

  const openState = (state: SessionState, presented: string, isStale: boolean): AuthenticatedSession | Unreadable => {
    try {
      const valid = validateOnLoad(state, config);
      emit({ type: "opened", id: state.id, userId: state.userId });
      // A token that an older key opened is not the one to keep: without it here, this state is sealed again.
      return { state: valid, token: isStale ? undefined : presented, presented, secretStatus: "current" };
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return unfit(context, "schema", state.id, error, { state, presented, secretStatus: "current" });
    }
  };

  const seal = (state: SessionState): Flow<string> => wait(store.seal(seals.format(state), binding()));

  function* next(state: SessionState, { change, isUserActivity }: PendingCommit): Flow<SavedSession | undefined> {
    const changed = applyChange(state, { ...change, rotation: undefined });
    if (changed === state && state.version > 0) return undefined;
    const valid = validateForStore(changed, state.version > 0 ? state : undefined, config);
    const renewed = { ...valid, version: state.version + 1 };
    const after = withUpdatedExpiry(renewed, clock.now(), isUserActivity, config.limits);
    return { state: after, token: yield* seal(after) };
  }

  return {
    kind: "sealed",
    prepare: () => undefined,
    open: (tokens) => tryTokens(tokens, 0),
    *create(pending, wanted) {
      const unsaved = newSession(context, wanted?.id ?? newSessionId(context));
      const saved = (yield* next(unsaved, pending)) ?? { state: unsaved };
      emit({ type: "created", id: saved.state.id });
      return saved;
    },
    // Login and regenerate give the session a new id here: nothing else tells the two apart.
    *commit(saved, pending) {
      const renewed = pending.change.rotation && { ...saved.state, id: newSessionId(context) };
      const after = yield* next(renewed ?? saved.state, pending);
      if (!after) return renewed ? { state: renewed } : saved;
      emit({ type: "committed", id: after.state.id, attempts: 1 });
      return after;
    },
    // biome-ignore lint/correctness/useYield: there is nothing to wait for
    *touch({ state }) {
      const now = clock.now();
      if (!touchDue(state, config, now)) return undefined;
      emit({ type: "touched", id: state.id });
      return { state: withUpdatedExpiry(state, now, true, config.limits) };
    },
    // biome-ignore lint/correctness/useYield: there is nothing to wait for
    *remove({ state }) {
      emit({ type: "destroyed", id: state.id });
    },
    withdraw: () => undefined,
    // There is nothing to compare with.
    // biome-ignore lint/correctness/useYield: there is nothing to wait for
    *confirm(saved) {
      return saved;
    },
    *token(saved) {
      return saved.token ?? (yield* seal(saved.state));
    },
  };
}
