import { randomText } from "#crypto";

/** The place of an event among others: exact within this process, by the clock between processes. */
export interface Occasion {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The process. */
  readonly by: string;
  /** Its position among the events of that process. */
  readonly n: number;
}

// Drawn late: workerd has no random numbers before the first request.
let process: string | undefined;
let events = 0;

export function occasion(at: number): Occasion {
  process ??= randomText(9);
  return { at, by: process, n: ++events };
}

/** Of two events of one moment in two processes, each counts as earlier than the other. */
export const isEarlier = (one: Occasion, other: Occasion): boolean =>
  one.by === other.by ? one.n < other.n : one.at <= other.at;
