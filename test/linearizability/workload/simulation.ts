import type { Random } from "../../support/random.ts";
import type { Model, Operation } from "./history.ts";

export interface Simulated<State, Input, Output> {
  readonly model: Model<State, Input, Output>;
  /** What a client might ask now; it may know anything about the state. */
  ask(state: State, random: Random, n: number): Input;
}

export interface Crowd {
  readonly clients: number;
  /** Of each client. */
  readonly operations: number;
  /** How often an answer gets lost: 0 to 1. */
  readonly lost: number;
}

/**
 * A history of an object that is right: every operation takes effect at one instant, and its client counts it from some
 * time before to some time after. Of those whose answer is lost some take effect late, and some never.
 */
export function simulate<State, Input, Output>(
  { model, ask }: Simulated<State, Input, Output>,
  random: Random,
  { clients, operations, lost }: Crowd,
): Operation<Input, Output>[] {
  const turns = Array.from({ length: clients }, (_, index) => {
    let now = random.next();
    return Array.from({ length: operations }, () => {
      const start = now;
      const isLost = random.chance(lost);
      const instant = start + random.next() * (isLost ? 20 : 1);
      now = (isLost ? start : instant) + random.next();
      return { client: `c${index}`, start, instant, end: isLost ? Number.POSITIVE_INFINITY : now, isLost };
    });
  }).flat();

  let state = model.initial;
  return turns
    .sort((a, b) => a.instant - b.instant)
    .map(({ client, start, end, isLost }, n) => {
      const input = ask(state, random, n);
      const [after, output] = model.perform(state, input);
      if (!isLost || random.chance(0.5)) state = after;
      return { client, input, outcome: isLost ? { is: "unknown" } : { is: "answered", output }, start, end };
    });
}
