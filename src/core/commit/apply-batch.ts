import { gone } from "../../types/errors.ts";
import type { SessionState } from "../record/record.ts";
import { validateForStore } from "../record/validate-data.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { noteEnding } from "../runtime/ended-tokens.ts";
import { applyChange, withUpdatedExpiry } from "../state/change.ts";
import { eraOf } from "../state/epoch.ts";
import type { QueuedCommit } from "./pending-commit.ts";

/** A commit, and the session right after it. */
interface Applied {
  readonly commit: QueuedCommit;
  readonly after: SessionState;
  /** Why it cannot be applied if the commits before it become durable. */
  readonly refusal?: { readonly error: unknown };
}

export interface AppliedBatch {
  readonly applied: readonly Applied[];
  /** Those that there was no time for. */
  readonly rest: readonly QueuedCommit[];
  /** The state to write. `undefined`: nothing changes. */
  readonly state: SessionState | undefined;
}

/**
 * Applies the commits to a state, one after the other, until `end` by `performance.now()`, because nothing else runs
 * meanwhile. Rejects those that cannot be applied to the state itself; they are not in the result.
 */
export function applyBatch(
  context: ManagerContext,
  batch: readonly QueuedCommit[],
  base: SessionState,
  end: number,
): AppliedBatch {
  const applied: Applied[] = [];
  let state = base;
  let isUserActivity = false;
  let taken = 0;
  for (const commit of batch) {
    if (taken > 0 && performance.now() > end) break;
    taken++;
    const { pending } = commit;
    try {
      if (eraOf(commit.base) !== eraOf(state)) throw gone();
      const next = applyChange(state, pending.change);
      state = next === state ? state : validateForStore(next, base, context.config);
      isUserActivity ||= pending.isUserActivity;
      applied.push({ commit, after: state });
    } catch (error) {
      if (state === base) commit.reject(error);
      else applied.push({ commit, after: state, refusal: { error } });
    }
  }
  const { limits } = context.config;
  return {
    applied,
    rest: batch.slice(taken),
    state: state === base ? undefined : withUpdatedExpiry(state, context.clock.now(), isUserActivity, limits),
  };
}

/**
 * Settles the commits of a batch that is durable. Each continues on the newest state, except those that a login in the
 * same batch has shut out: they must not see what follows.
 */
export function settleBatch({ applied }: AppliedBatch, state: SessionState, attempts: number): SessionState {
  if (applied.some(({ commit, refusal }) => commit.pending.change.rotation && !refusal)) noteEnding();
  for (const { commit, after, refusal } of applied) {
    if (refusal) commit.reject(refusal.error);
    else if (eraOf(state) === eraOf(after)) commit.resolve({ state, attempts, isSuperseded: false });
    else commit.resolve({ state: after, attempts, isSuperseded: true });
  }
  return state;
}
