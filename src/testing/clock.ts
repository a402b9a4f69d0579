import type { Duration } from "../types/limits.ts";

/** A clock for tests that moves only when told to. Pass `clock.now` to `createSessions`. */
export interface TestClock {
  /** Returns the time in epoch milliseconds. */
  now(): number;
  advance(by: Duration): void;
  set(time: Date): void;
}

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/**
 * Creates a test clock.
 *
 * @example
 * const clock = testClock();
 * const sessions = createSessions({ clock: clock.now, idleTimeout: "30m" });
 * clock.advance("30m"); // every session has expired
 *
 * @param start The initial time. Default: 2026-01-01T00:00:00Z
 */
export function testClock(start: Date = new Date(Date.UTC(2026, 0, 1))): TestClock {
  let time = start.getTime();
  return {
    now: () => time,
    advance: (by) => {
      const [, amount, unit] = /^([\d.]+)(ms|s|m|h|d|w)$/.exec(by) ?? [];
      if (unit === undefined)
        throw new TypeError(`advance() takes a duration such as "30m", not ${JSON.stringify(by)}.`);
      time += Number(amount) * units[unit as keyof typeof units];
    },
    set: (to) => {
      time = to.getTime();
    },
  };
}
