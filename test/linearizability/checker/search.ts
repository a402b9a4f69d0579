import type { Model, Operation } from "../workload/history.ts";
import { Traces } from "./traces.ts";
import { type Place, Transitions } from "./transitions.ts";

/** One way in which everything answered so far can have happened. */
export interface Explanation<State, Input, Output> {
  readonly place: Place<State, Input, Output>;
  /** Which of the running operations have taken effect in it, by their bits. */
  readonly done: bigint;
  readonly trail: Trail<Input, Output> | undefined;
}

/** Operations in an order that explains them, the last one first. */
export interface Trail<Input, Output> {
  readonly operation: Operation<Input, Output>;
  readonly before: Trail<Input, Output> | undefined;
}

interface Running<Input, Output> {
  readonly operation: Operation<Input, Output>;
  readonly bit: bigint;
  /** Its outcome is unknown. */
  readonly isUnsure: boolean;
  readonly isObservation: boolean;
}

/** Goes through a history from start to end, and keeps all explanations of what was answered so far. */
export class Search<State, Input, Output> {
  readonly #model: Model<State, Input, Output>;
  readonly #transitions: Transitions<State, Input, Output>;
  readonly #traces: Traces<State, Input, Output>;
  readonly #limit: number;
  readonly #running = new Map<Operation<Input, Output>, Running<Input, Output>>();
  readonly #freeBits: bigint[] = [];
  /** The bits of running operations whose outcome is unknown. */
  #unsure = 0n;
  explanations: readonly Explanation<State, Input, Output>[];
  steps = 0;

  constructor(model: Model<State, Input, Output>, history: readonly Operation<Input, Output>[], limit: number) {
    this.#model = model;
    this.#limit = limit;
    this.#traces = new Traces(model, history);
    this.#transitions = new Transitions(model);
    this.explanations = [{ place: this.#transitions.initial, done: 0n, trail: undefined }];
  }

  get running(): Operation<Input, Output>[] {
    return [...this.#running.keys()];
  }

  begin(operation: Operation<Input, Output>): void {
    const { input, outcome } = operation;
    const isUnsure = outcome.is !== "answered";
    // Where nobody saw an effect there need not have been one.
    if (isUnsure && this.#traces.isUnseen(operation)) return;
    const bit = this.#freeBits.pop() ?? 1n << BigInt(this.#running.size);
    if (isUnsure) this.#unsure |= bit;
    const isObservation = !isUnsure && this.#model.isObservation(input, outcome.output);
    this.#running.set(operation, { operation, bit, isUnsure, isObservation });
  }

  /** Keeps the explanations in which the operation has taken effect by now. False: there are none, and the earlier ones stay. */
  end(operation: Operation<Input, Output>): boolean {
    const { bit } = this.#running.get(operation) as Running<Input, Output>;
    const found = this.#withoutHaste(this.#complete(bit));
    this.#running.delete(operation);
    if (found.length === 0) return false;
    this.#traces.ended(operation);
    this.#freeBits.push(bit);
    this.explanations = found.map((one) => ({ ...one, done: one.done ^ bit }));
    return true;
  }

  /** Every way to go on from the explanations so far until one operation is done. */
  #complete(bit: bigint): Explanation<State, Input, Output>[] {
    const found: Explanation<State, Input, Output>[] = [];
    const visited = new Map<Place<State, Input, Output>, Map<bigint, bigint[]>>();
    const open = this.explanations.slice();
    // Grows while it is gone through, so that what took fewest operations comes first.
    for (const one of open) {
      const now = this.#settled(one);
      if (!this.#isNew(now, visited)) continue;
      if ((now.done & bit) !== 0n) {
        found.push(now);
        continue;
      }
      for (const next of this.#running.values()) {
        const after = this.#after(now, next);
        if (after) open.push(after);
      }
    }
    return found;
  }

  /** False for one that needed the same, and more of what may never have happened, to come to the same state. */
  #isNew(
    { place, done }: Explanation<State, Input, Output>,
    visited: Map<Place<State, Input, Output>, Map<bigint, bigint[]>>,
  ): boolean {
    const unsure = done & this.#unsure;
    const here = visited.get(place) ?? new Map<bigint, bigint[]>();
    visited.set(place, here);
    const known = here.get(done ^ unsure);
    if (known?.some((less) => (less & unsure) === less)) return false;
    if (known) known.push(unsure);
    else here.set(done ^ unsure, [unsure]);
    return true;
  }

  /**
   * Observations are done at once, because later would be no better: what changes nothing can be taken out of any order
   * and put here. What is spent is as good as not done.
   */
  #settled(one: Explanation<State, Input, Output>): Explanation<State, Input, Output> {
    const { place } = one;
    let { done, trail } = one;
    for (const { operation, bit, isUnsure, isObservation } of this.#running.values()) {
      const isDone = (done & bit) !== 0n;
      if (isObservation && !isDone && this.#transitions.step(place, operation)) {
        done |= bit;
        trail = { operation, before: trail };
      } else if (isUnsure && isDone && this.#model.isSpent?.(place.state, operation.input)) {
        done ^= bit;
      }
    }
    return done === one.done ? one : { place, done, trail };
  }

  /** With one more operation done; `undefined` where that is not possible, or useless. */
  #after(
    { place, done, trail }: Explanation<State, Input, Output>,
    { operation, bit, isUnsure, isObservation }: Running<Input, Output>,
  ): Explanation<State, Input, Output> | undefined {
    if (isObservation || (done & bit) !== 0n) return undefined;
    if (++this.steps > this.#limit) throw new Error(`undecided: the search took more than ${this.#limit} steps`);
    const step = this.#transitions.step(place, operation);
    // Of what may never have happened, only an effect is worth a place.
    if (!step || (isUnsure && step.to === place)) return undefined;
    const after = { place: step.to, done: done | bit, trail: { operation, before: trail } };
    if (step.lost.some((value) => this.#isMissed(value, after.done))) return undefined;
    return step.gained.some((value) => this.#isSpoilt(value, step.to.state)) ? undefined : after;
  }

  /** Somebody shows this value, and has not had the chance to see it. */
  #isMissed(value: string, done: bigint): boolean {
    for (const witness of this.#traces.witnesses(value)) {
      const running = this.#running.get(witness);
      if (!running || (running.bit & done) === 0n) return true;
    }
    return false;
  }

  /** Somebody shows this value in a way that cannot come of this state. */
  #isSpoilt(value: string, state: State): boolean {
    if (!this.#model.isMissed) return false;
    for (const { outcome } of this.#traces.witnesses(value)) {
      if (outcome.is === "answered" && this.#model.isMissed(state, outcome.output)) return true;
    }
    return false;
  }

  /** Drops each explanation that another one reaches by one more operation: there is still time for that one. */
  #withoutHaste(found: readonly Explanation<State, Input, Output>[]): Explanation<State, Input, Output>[] {
    const hasty = new Map<Place<State, Input, Output>, Set<bigint>>();
    const isHasty = ({ place, done }: Explanation<State, Input, Output>) => hasty.get(place)?.has(done) === true;
    for (const one of found) {
      // One that is dropped drops no other, lest two drop each other.
      if (isHasty(one)) continue;
      for (const next of this.#running.values()) {
        const after = this.#after(one, next);
        if (!after) continue;
        const { place, done } = this.#settled(after);
        if (place === one.place && done === one.done) continue;
        const here = hasty.get(place) ?? new Set();
        hasty.set(place, here.add(done));
      }
    }
    return found.filter((one) => !isHasty(one));
  }
}
