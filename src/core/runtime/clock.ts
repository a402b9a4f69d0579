import type { SessionStore } from "../../types/store.ts";
import { canSharePromises } from "./platform.ts";

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

/** After it could not answer, the store is asked again so many milliseconds later, by whoever needs the time then. */
const pause = 1_000;

/** @param limit how long one answer of the store may take, in milliseconds */
export function createClock(own: (() => number) | undefined, store: Pick<SessionStore, "time">, limit: number): Clock {
  if (own) return { now: () => Math.floor(own()), ready: () => undefined, measure: async () => undefined };
  const time = store.time?.bind(store);
  if (!time) return { now: () => Date.now(), ready: () => undefined, measure: async () => undefined };

  let offset = 0;
  let first: Promise<void> | undefined;
  let measured = false;
  let askAgainAt = Number.NEGATIVE_INFINITY;
  let mark = Date.now() - performance.now();

  const measure = async (): Promise<void> => {
    const asked = Date.now();
    try {
      offset = Math.round((await ask(time, limit)) - (asked + Date.now()) / 2);
      measured = true;
    } catch {
      // A store that cannot answer will say so in the operation that follows; until then the last offset holds.
      askAgainAt = performance.now() + pause;
    }
    mark = Date.now() - performance.now();
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
    if (measured || performance.now() < askAgainAt) return undefined;
    if (!canSharePromises) return measure();
    first ??= measure().finally(() => {
      first = undefined;
    });
    return first;
  };
  return { now, ready, measure };
}

function ask(time: NonNullable<SessionStore["time"]>, limit: number): Promise<number> {
  const controller = new AbortController();
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      controller.abort();
      reject(new Error(`The store did not tell the time within ${limit} ms.`));
    };
    const timer = setTimeout(giveUp, limit);
    time({ signal: controller.signal })
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
