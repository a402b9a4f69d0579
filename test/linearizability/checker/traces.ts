import type { Model, Operation } from "../workload/history.ts";

/** Who shows which value of a history. It makes a search short: most values settle when their writes must have been. */
export class Traces<State, Input, Output> {
  readonly #model: Model<State, Input, Output>;
  readonly #witnesses = new Map<string, Set<Operation<Input, Output>>>();
  readonly #seen: ReadonlySet<string>;

  constructor(model: Model<State, Input, Output>, history: readonly Operation<Input, Output>[]) {
    this.#model = model;
    for (const operation of history) {
      for (const value of this.#shownBy(operation)) {
        const witnesses = this.#witnesses.get(value) ?? new Set();
        this.#witnesses.set(value, witnesses.add(operation));
      }
    }
    this.#seen = new Set(this.#witnesses.keys());
  }

  /** Nobody ever saw what the operation brings. */
  isUnseen({ input }: Operation<Input, Output>): boolean {
    const trace = this.#model.trace?.(input);
    return trace !== undefined && !this.#seen.has(trace);
  }

  /** The operations that show a value, as far as they have not ended. */
  witnesses(value: string): Iterable<Operation<Input, Output>> {
    return this.#witnesses.get(value) ?? [];
  }

  ended(operation: Operation<Input, Output>): void {
    for (const value of this.#shownBy(operation)) this.#witnesses.get(value)?.delete(operation);
  }

  #shownBy({ outcome }: Operation<Input, Output>): readonly string[] {
    return outcome.is === "answered" ? (this.#model.shown?.(outcome.output) ?? []) : [];
  }
}
