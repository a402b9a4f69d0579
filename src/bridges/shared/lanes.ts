import { abortError, onAbort } from "./abort.ts";

/** Milliseconds for which a write whose caller has given up may still keep others away. */
const abandonedWriteMs = 30_000;

/** Readers go together; who changes something goes alone. */
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
 * One lane for each place of a store, first come, first served: what one operation looks at, no other operation of this
 * process changes before it is done.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();

  /** Resolves when it is the caller's turn, with what ends it. @throws SessionError STORE_UNAVAILABLE when aborted before */
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

/** All bridges over one store share its lanes. */
export function lanesOf(owner: object): Lanes {
  const lanes = byOwner.get(owner) ?? new Lanes();
  byOwner.set(owner, lanes);
  return lanes;
}

/**
 * Ends a turn when its write is over. A write that was given up may still arrive, so others wait for it a while longer;
 * not for ever, because an answer that is lost never comes.
 */
export function leaveAfter(write: Promise<void>, leave: () => void, signal: AbortSignal | undefined): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stopListening = onAbort(signal, () => {
    timer = setTimeout(leave, abandonedWriteMs);
    (timer as { unref?: () => void }).unref?.();
  });
  const end = (): void => {
    clearTimeout(timer);
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
