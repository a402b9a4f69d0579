import type { HttpCell } from "../measure/http.ts";

/** One target, and what this run says to it. */
export interface Verdict {
  readonly what: string;
  readonly limit: string;
  readonly measured: string;
  /** `undefined`: what it compares with costs next to nothing, so that a ratio says nothing. */
  readonly met: boolean | undefined;
  /** What was measured, in units of the limit. */
  readonly excess: number;
  /** Where the time went can be asked of this route. */
  readonly cell?: HttpCell;
}

export const times = (ratio: number): string => `${ratio.toFixed(2)}x`;

/** A value that must not exceed its limit. */
export function atMost(what: string, value: number, limit: number, print: (value: number) => string): Verdict {
  return { what, limit: print(limit), measured: print(value), met: value <= limit, excess: value / limit };
}

/** Where a peer does less than this, in microseconds, its noise decides the ratio. */
const least = 3;

/** Our cost beside another's, both in microseconds. */
export function atMostOf(what: string, own: number, other: number, most: number): Verdict {
  const measured = `${times(own / other)} (${own.toFixed(1)} / ${other.toFixed(1)} µs)`;
  const verdict = { ...atMost(what, own / other, most, times), measured };
  return other < least
    ? { ...verdict, measured: `${own.toFixed(1)} / ${other.toFixed(1)} µs`, met: undefined }
    : verdict;
}
