import { isSame, type Model, type Operation } from "../workload/history.ts";

/** A state. Equal ones are one object, so that they compare by identity. */
export interface Place<State, Input, Output> {
  readonly state: State;
  readonly steps: Map<Operation<Input, Output>, Step<State, Input, Output> | undefined>;
}

export interface Step<State, Input, Output> {
  readonly to: Place<State, Input, Output>;
  /** Values that this step takes out of the state for ever. */
  readonly lost: readonly string[];
  readonly gained: readonly string[];
}

/** A model's transitions, each worked out once. */
export class Transitions<State, Input, Output> {
  readonly #model: Model<State, Input, Output>;
  readonly #places = new Map<string, Place<State, Input, Output>>();
  readonly initial: Place<State, Input, Output>;

  constructor(model: Model<State, Input, Output>) {
    this.#model = model;
    this.initial = this.#placeOf(model.initial);
  }

  /** What the operation does; `undefined` where it would have had another answer. */
  step(from: Place<State, Input, Output>, operation: Operation<Input, Output>): Step<State, Input, Output> | undefined {
    if (!from.steps.has(operation)) from.steps.set(operation, this.#perform(from, operation));
    return from.steps.get(operation);
  }

  #perform(
    from: Place<State, Input, Output>,
    { input, outcome }: Operation<Input, Output>,
  ): Step<State, Input, Output> | undefined {
    const [after, output] = this.#model.perform(from.state, input);
    if (outcome.is === "answered" && !isSame(output, outcome.output)) return undefined;
    if (after === from.state) return { to: from, lost: [], gained: [] };
    const [had, has] = [this.#model.held?.(from.state) ?? [], this.#model.held?.(after) ?? []];
    const lost = had.filter((value) => !has.includes(value));
    const gained = has.filter((value) => !had.includes(value));
    return { to: this.#placeOf(after), lost, gained };
  }

  #placeOf(state: State): Place<State, Input, Output> {
    const key = JSON.stringify(state);
    const place = this.#places.get(key) ?? { state, steps: new Map() };
    this.#places.set(key, place);
    return place;
  }
}
