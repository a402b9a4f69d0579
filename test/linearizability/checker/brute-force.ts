import { isSame, type Model, type Operation } from "../workload/history.ts";

/** The definition of linearizability, tried in every order: too slow for more than a handful of operations, too plain to be wrong. */
export function isLinearizable<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly Operation<Input, Output>[],
  state: State = model.initial,
): boolean {
  if (history.every(({ outcome }) => outcome.is !== "answered")) return true;
  return history.some(({ input, outcome, start }, index) => {
    const rest = history.toSpliced(index, 1);
    // Who ended before this one began had its turn before it.
    if (outcome.is === "failed" || rest.some(({ end }) => end < start)) return false;
    const [after, output] = model.perform(state, input);
    return (outcome.is === "unknown" || isSame(output, outcome.output)) && isLinearizable(model, rest, after);
  });
}
