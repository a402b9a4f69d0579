import type { Model, Operation } from "../workload/history.ts";
import { type Explanation, Search } from "./search.ts";

export type Verdict<State, Input, Output> =
  | { readonly linearizable: true; readonly steps: number }
  | { readonly linearizable: false; readonly steps: number; readonly refutation: Refutation<State, Input, Output> };

/** The shortest part of a history that no order explains: everything that began before `answered` ended. */
export interface Refutation<State, Input, Output> {
  /** The operation whose answer fits nowhere. */
  readonly answered: Operation<Input, Output>;
  /** How many answers came before. */
  readonly explained: number;
  /** What else was running at that time. */
  readonly running: readonly Operation<Input, Output>[];
  /** What was said to have had no effect, and began before. */
  readonly failed: readonly Operation<Input, Output>[];
  /** All explanations of what was answered before. */
  readonly explanations: readonly Explanation<State, Input, Output>[];
}

/**
 * Tells whether a history is linearizable: whether each operation can have taken effect at one instant between its start
 * and its end, so that all outputs are those of the sequential model.
 *
 * The search is Wing and Gong's, in the just-in-time form of Lowe, "Testing for linearizability" (2017): it goes through
 * the history once and keeps every explanation of what was answered so far. An operation is put in its place no sooner
 * than an answer needs it, and equal explanations (same state, same operations done) are one. So the first answer that
 * leaves no explanation ends the shortest prefix that cannot be linearized.
 *
 * @throws Error when it takes more than `limit` steps, which says nothing about the history
 */
export function check<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly Operation<Input, Output>[],
  limit = 20_000_000,
): Verdict<State, Input, Output> {
  const search = new Search(model, history, limit);
  const effective = history.filter(({ outcome }) => outcome.is !== "failed");
  let explained = 0;
  for (const { operation, isEnd } of eventsOf(effective)) {
    if (!isEnd) {
      search.begin(operation);
    } else if (search.end(operation)) {
      explained++;
    } else {
      const { steps, running, explanations } = search;
      const failed = history.filter(({ outcome, start }) => outcome.is === "failed" && start < operation.end);
      const refutation = { answered: operation, explained, running, failed, explanations };
      return { linearizable: false, steps, refutation };
    }
  }
  return { linearizable: true, steps: search.steps };
}

interface Event<Input, Output> {
  readonly at: number;
  readonly operation: Operation<Input, Output>;
  readonly isEnd: boolean;
}

/** At one instant starts come before ends: clocks have a resolution, and what may overlap does. */
function eventsOf<Input, Output>(history: readonly Operation<Input, Output>[]): Event<Input, Output>[] {
  const starts = history.map((operation) => ({ at: operation.start, operation, isEnd: false }));
  const answered = history.filter(({ outcome }) => outcome.is === "answered");
  const ends = answered.map((operation) => ({ at: operation.end, operation, isEnd: true }));
  return [...starts, ...ends].sort((a, b) => a.at - b.at || Number(a.isEnd) - Number(b.isEnd));
}
