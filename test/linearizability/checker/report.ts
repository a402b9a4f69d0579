import type { Model, Operation } from "../workload/history.ts";
import type { Refutation } from "./checker.ts";
import type { Explanation } from "./search.ts";

const mostStates = 3;
const mostSteps = 6;
const mostFailures = 4;

/** Tells in lines why a history is not linearizable: the answer that does not fit, what else was running, and what is known. */
export function report<State, Input, Output>(
  model: Model<State, Input, Output>,
  { answered, running, explanations, explained, failed }: Refutation<State, Input, Output>,
): string {
  const line = (operation: Operation<Input, Output>): string => `  ${described(model, operation)}`;
  const shown = explanations.slice(0, mostStates);
  return [
    `Not linearizable: ${count(explained, "answer")} can be explained, and then comes`,
    line(answered),
    ...section("While these were running, or have never been answered:", running.map(line)),
    ...section("After these, which are said to have had no effect:", failed.slice(-mostFailures).map(line)),
    `What was answered before has ${count(explanations.length, "explanation")}.`,
    ...shown.flatMap(({ place, trail }) => [
      `This order leaves ${model.describe(place.state)}:`,
      ...lastSteps(trail).map(line),
    ]),
    ...(explanations.length > shown.length ? [`(${explanations.length - shown.length} more)`] : []),
  ].join("\n");
}

function lastSteps<Input, Output>(trail: Explanation<unknown, Input, Output>["trail"]): Operation<Input, Output>[] {
  const steps: Operation<Input, Output>[] = [];
  for (let step = trail; step && steps.length < mostSteps; step = step.before) steps.unshift(step.operation);
  return steps;
}

function described<State, Input, Output>(
  { describe }: Model<State, Input, Output>,
  { client, start, end, input, outcome }: Operation<Input, Output>,
): string {
  const until = end === Number.POSITIVE_INFINITY ? "…" : end.toFixed(3);
  const asked = `${start.toFixed(3)} to ${until} ms  ${client}  ${describe(input)}`;
  if (outcome.is === "unknown") return `${asked} → no answer`;
  return `${asked} → ${outcome.is === "failed" ? `no effect: ${outcome.reason}` : describe(outcome.output)}`;
}

const section = (title: string, lines: readonly string[]): string[] => (lines.length > 0 ? [title, ...lines] : []);

const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;
