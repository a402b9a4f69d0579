import { unanswered } from "../../stores/shared/unanswered.ts";
import { abortError, onAbort } from "./abort.ts";

/** How long an abandoned write may still block other operations on its key. */
const abandonedWriteMs = 30_000;

/** Readers share a lane; a writer has it exclusively. */
export type Mode = "shared" | "exclusive";

interface Waiter {
  readonly mode: Mode;
  enter(): void;
}

interface Lane {
  readonly waiting: Waiter[];
  active: number;
  mode: Mode;
}

/**
 * A fair readers–writer lock per key, first come, first served. It makes each read-modify-write exact within this process.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();

  /** Acquires the lock. Resolves with the function that releases it. @throws SessionError STORE_UNAVAILABLE if aborted before */
  enter(key: string, mode: Mode, signal: AbortSignal | undefined): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortError(signal));
      const lane = this.#lanes.get(key) ?? { waiting: [], active: 0, mode };
      this.#lanes.set(key, lane);
      const stopListening = onAbort(signal, () => {
        stopListening();
        lane.waiting.splice(lane.waiting.indexOf(waiter), 1);
        this.#admit(key, lane);
        reject(abortError(signal));
      });
      const waiter: Waiter = {
        mode,
        enter: () => {
          stopListening();
          resolve(once(() => this.#leave(key, lane)));
        },
      };
      lane.waiting.push(waiter);
      this.#admit(key, lane);
    });
  }

  #admit(key: string, lane: Lane): void {
    for (let next = lane.waiting[0]; next; next = lane.waiting[0]) {
      const isFree = lane.active === 0 || (lane.mode === "shared" && next.mode === "shared");
      if (!isFree) return;
      lane.waiting.shift();
      lane.active++;
      lane.mode = next.mode;
      next.enter();
    }
    if (lane.active === 0) this.#lanes.delete(key);
  }

  #leave(key: string, lane: Lane): void {
    lane.active--;
    this.#admit(key, lane);
  }
}

const byOwner = new WeakMap<object, Lanes>();

/** Returns the lanes of a backend. All bridges over one backend share them. */
export function lanesOf(owner: object): Lanes {
  const lanes = byOwner.get(owner) ?? new Lanes();
  byOwner.set(owner, lanes);
  return lanes;
}

/**
 * Releases a lock when its write has settled. An abandoned write may still take effect, so other operations keep waiting
 * for it, but not forever, because a lost reply never comes.
 */
export function leaveAfter(write: Promise<void>, leave: () => void, signal: AbortSignal | undefined): void {
  let stopWaiting = (): void => {};
  const stopListening = onAbort(signal, () => {
    stopWaiting = unanswered(abandonedWriteMs, leave);
  });
  const end = (): void => {
    stopWaiting();
    stopListening();
    leave();
  };
  write.then(end, end);
}

function once(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) run();
    isDone = true;
  };
}
