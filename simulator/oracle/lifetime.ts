import { type Fact, type Look, type Rewind, standingOf } from "./fact.ts";
import { inForce, unwritten } from "./register.ts";

/** An absolute limit that somebody set; without a length: that the manager's holds again. */
interface Limit {
  /** In milliseconds. */
  readonly length: number | undefined;
  /** The time of the call, from which it counts. */
  readonly from: number;
  readonly fact: Fact;
}

/** The absolute limits that were set for one session. */
export class Lifetime {
  readonly limits: Limit[] = [{ length: undefined, from: 0, fact: unwritten.fact }];

  /** The time at which one that may be in force ends the session at the earliest. */
  earliest(look: Look, rewinds: readonly Rewind[]): number {
    const possible = this.limits.filter(({ fact }) => standingOf(fact, look, rewinds) !== "absent");
    return Math.min(...possible.map(({ length = never, from }) => from + length));
  }

  /** The time after which it is over for certain. A login, the last one at `login`, starts it again. */
  latest(login: number, look: Look, rewinds: readonly Rewind[]): number {
    return Math.max(
      ...inForce(this.limits, look, rewinds).map(({ length = never, from }) => Math.max(from, login) + length),
    );
  }
}

const never = Number.POSITIVE_INFINITY;
