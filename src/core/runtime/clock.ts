import type { SessionStore } from "../../types/store.ts";
import { canSharePromises } from "./platform.ts";

/** The source of time: the application's clock, or the host's, corrected by the store server's. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /**
   * Reads the store's clock for the first time, and then about once a minute in the background. Returns `undefined` if
   * there is nothing to wait for.
   */
  ready(): Promise<void> | undefined;
  /** Reads the store's clock again. Resolves with whether the time is known now. */
  measure(): Promise<boolean>;
}

/** A larger difference between host clock and monotonic clock means that the host's was set. In milliseconds. */
const stepThresholdMs = 1_000;

/** How long a measurement of the store's clock is good for, in milliseconds. */
const measureAgainMs = 60_000;

/** How long to wait after a failure before the next call of `ready` reads the store's clock again, in milliseconds. */
const retryAfterMs = 1_000;

/** @param limit the time limit for one reply of the store, in milliseconds */
export function createClock(own: (() => number) | undefined, store: Pick<SessionStore, "time">, limit: number): Clock {
  if (own) return { now: () => Math.floor(own()), ready: () => undefined, measure: async () => true };
  const time = store.time?.bind(store);
  if (!time) return { now: () => Date.now(), ready: () => undefined, measure: async () => true };

  let offset = 0;
  let first: Promise<void> | undefined;
  let measured = false;
  let measuredAt = 0;
  /** Not measured yet, or not since the host's clock was set. */
  let doubtful = true;
  let askAgainAt = Number.NEGATIVE_INFINITY;
  let mark = Date.now() - performance.now();

  /** Continues as before if the host's clock was set, until the store has replied again. */
  const noticeStep = (): boolean => {
    const drift = Date.now() - performance.now() - mark;
    if (!measured || Math.abs(drift) <= stepThresholdMs) return false;
    offset -= Math.round(drift);
    mark += drift;
    doubtful = true;
    return true;
  };
  const measure = async (): Promise<boolean> => {
    noticeStep();
    const asked = performance.now();
    const before = Date.now() - asked;
    try {
      const told = await ask(time, limit);
      const replied = performance.now();
      offset = Math.round(told + (replied - asked) / 2 - Date.now());
      measured = true;
      measuredAt = replied;
      mark = Date.now() - replied;
      // Set while the store was asked. If the host was suspended instead, the reply is that old.
      doubtful = Math.abs(mark - before) > stepThresholdMs;
      if (doubtful) return await measure();
    } catch {
      // Keep the last offset. If the store is down, the operation that follows reports it.
      askAgainAt = performance.now() + retryAfterMs;
    }
    return !doubtful;
  };
  const share = (): Promise<void> => {
    if (!canSharePromises) return measure().then(() => undefined);
    first ??= measure().then(() => {
      first = undefined;
    });
    return first;
  };
  const now = (): number => {
    if (noticeStep()) void share();
    return Date.now() + offset;
  };
  const ready = (): Promise<void> | undefined => {
    // Notices that the host was suspended since: a doubtful time decides nothing.
    if (measured) now();
    // In the background: a clock that was right a minute ago will do for this request.
    if (measured && performance.now() - Math.max(measuredAt, askAgainAt) >= measureAgainMs) void share();
    return doubtful && performance.now() >= askAgainAt ? share() : undefined;
  };
  return { now, ready, measure };
}

function ask(time: NonNullable<SessionStore["time"]>, limit: number): Promise<number> {
  const controller = new AbortController();
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      controller.abort();
      reject(new Error(`The store did not return its time within ${limit} ms.`));
    };
    const timer = setTimeout(giveUp, limit);
    time({ signal: controller.signal })
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
