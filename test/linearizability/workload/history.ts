/** What one client asked of one object, and what came of it. */
export interface Operation<Input, Output> {
  readonly client: string;
  readonly input: Input;
  readonly outcome: Outcome<Output>;
  /** Milliseconds of a clock that all clients share. */
  readonly start: number;
  /** When the client was told the outcome; `Infinity` where it never was. */
  readonly end: number;
}

export type Outcome<Output> =
  | { readonly is: "answered"; readonly output: Output }
  /** The client was told that there was and will be no effect. */
  | { readonly is: "failed"; readonly reason: string }
  /** The operation took effect at some time after its start, or will, or never. */
  | { readonly is: "unknown" };

/** The sequential object that a history is held against. States, inputs and outputs are JSON values, never changed in place. */
export interface Model<State, Input, Output> {
  readonly initial: State;
  /** The state after an operation, the very same one if nothing changed, and the answer. */
  perform(state: State, input: Input): readonly [after: State, output: Output];
  /** Who gets this output has changed nothing, in whatever state. */
  isObservation(input: Input, output: Output): boolean;
  /**
   * From this state on the operation, should its outcome be unknown, has no effect any more. Whether it had one is then
   * forgotten, so that the ways to get here become one.
   */
  isSpent?(state: State, input: Input): boolean;
  /**
   * A value that this operation alone brings, and by which alone its effect is known: where no output shows the value,
   * the effect might as well not have been.
   */
  trace?(input: Input): string | undefined;
  /** The values in a state that a single operation brought. Once they have left the state they do not come back. */
  held?(state: State): readonly string[];
  /** Those that an output shows to have been in the state, just before or just after the operation. */
  shown?(output: Output): readonly string[];
  /** From this state on nobody can get this output, which shows a value that the state has. Saves a search many detours. */
  isMissed?(state: State, output: Output): boolean;
  describe(value: State | Input | Output): string;
}

/** Whether an output is the one that the model gives. */
export function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b));
}
