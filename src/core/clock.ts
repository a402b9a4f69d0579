import type { SessionStore } from "./store.ts";

/** Where the core has its time from: the application's clock, or the host's, corrected by the store server's. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Asks the store's clock the first time; `undefined` when that is done or there is none to ask. */
  ready(): Promise<void> | undefined;
  /** Asks the store's clock again. */
  measure(): Promise<void>;
}

/** The host's clock was set when it and the monotonic one disagree by more than this, in milliseconds. */
const stepped = 1_000;

export function createClock(own: (() => number) | undefined, store: Pick<SessionStore, "time">): Clock {
  if (own) return { now: () => Math.floor(own()), ready: () => undefined, measure: async () => undefined };
  if (!store.time) return { now: Date.now, ready: () => undefined, measure: async () => undefined };

  let offset = 0;
  let first: Promise<void> | undefined;
  let measured = false;
  let mark = Date.now() - performance.now();

  const measure = async (): Promise<void> => {
    const asked = Date.now();
    try {
      const time = await store.time?.();
      if (time !== undefined) offset = Math.round(time - (asked + Date.now()) / 2);
    } catch {
      // A store that cannot answer will say so in the operation that follows; until then the last offset holds.
    }
    mark = Date.now() - performance.now();
    measured = true;
  };
  const now = (): number => {
    const host = Date.now();
    const drift = host - performance.now() - mark;
    if (measured && Math.abs(drift) > stepped) {
      // Go on as before the step until the store has answered.
      offset -= Math.round(drift);
      mark += drift;
      void measure();
    }
    return host + offset;
  };
  const ready = (): Promise<void> | undefined => {
    if (measured) return undefined;
    first ??= measure();
    return first;
  };
  return { now, ready, measure };
}
