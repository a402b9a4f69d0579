import { SessionError } from "../../types/errors.ts";

type Signal = AbortSignal | undefined;

const listeners = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls `run` when the signal is aborted. Returns a function that stops listening. Adds one listener per signal in total. */
export function onAbort(signal: Signal, run: () => void): () => void {
  if (!signal) return () => {};
  const known = listeners.get(signal);
  const all = known ?? new Set();
  all.add(run);
  if (!known) {
    listeners.set(signal, all);
    const tellAll = (): void => {
      for (const one of all) one();
    };
    signal.addEventListener("abort", tellAll, { once: true });
  }
  return () => all.delete(run);
}

/** Returns the result of the work. Rejects as soon as the caller gives up. */
export function untilAborted<T>(work: Promise<T>, signal: Signal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = onAbort(signal, () => reject(abortError(signal)));
    if (signal?.aborted) reject(abortError(signal));
    work.then(resolve, reject).finally(stop);
  });
}

/** @throws SessionError STORE_UNAVAILABLE if the caller has given up */
export function throwIfAborted(signal: Signal): void {
  if (signal?.aborted) throw abortError(signal);
}

export function abortError(signal: Signal): SessionError {
  return new SessionError(
    "STORE_UNAVAILABLE",
    "The caller gave up waiting for the session store before anything was written, so nothing was.",
    { cause: signal?.reason },
  );
}
