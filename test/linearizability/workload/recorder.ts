import type { Operation, Outcome } from "./history.ts";

/** A line of a recording: the start of an operation, or its outcome. */
export type Line<Input, Output> = Begun<Input> | Ended<Output>;

interface Begun<Input> {
  readonly n: number;
  readonly object: string;
  readonly client: string;
  readonly input: Input;
  readonly start: number;
}

interface Ended<Output> {
  readonly n: number;
  readonly outcome: Outcome<Output>;
  readonly end: number;
}

/** To be called at once when the outcome is known. */
export interface Ongoing<Output> {
  answered(output: Output): void;
  failed(reason: string): void;
  /** For a look that found something of its own beside what it was asked for. */
  readonly start: number;
}

/** Writes down what the clients of one process do: each start before it, so that it is known even if the process is killed. */
export class Recorder<Input, Output> {
  readonly #clock: () => number;
  readonly #write: (line: Line<Input, Output>) => void;
  #count = 0;

  constructor(clock: () => number, write: (line: Line<Input, Output>) => void) {
    this.#clock = clock;
    this.#write = write;
  }

  /** If nobody ever tells the outcome, it is unknown. */
  begin(object: string, client: string, input: Input, start: number = this.#clock()): Ongoing<Output> {
    const n = this.#count++;
    this.#write({ n, object, client, input, start });
    const end = (outcome: Outcome<Output>): void => this.#write({ n, outcome, end: this.#clock() });
    return {
      start,
      answered: (output) => end({ is: "answered", output }),
      failed: (reason) => end({ is: "failed", reason }),
    };
  }
}

/** The histories of all objects, from the recordings of all processes. */
export function historiesOf<Input, Output>(
  recordings: readonly (readonly Line<Input, Output>[])[],
): Map<string, Operation<Input, Output>[]> {
  const histories = new Map<string, Operation<Input, Output>[]>();
  for (const lines of recordings) {
    const ends = new Map(lines.flatMap((line) => ("end" in line ? [[line.n, line] as const] : [])));
    for (const line of lines) {
      if ("end" in line) continue;
      const { n, object, client, input, start } = line;
      const { outcome = { is: "unknown" }, end = Number.POSITIVE_INFINITY } = ends.get(n) ?? {};
      const history = histories.get(object) ?? [];
      history.push({ client, input, outcome, start, end });
      histories.set(object, history);
    }
  }
  return histories;
}
