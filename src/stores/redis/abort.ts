import type { StoreCall } from "../../types/store.ts";
import { unsent } from "./errors.ts";

export type Call = StoreCall | undefined;

/** Call this before each further step of an operation. @throws SessionError if the caller has stopped waiting */
export function throwIfAborted(call: Call): void {
  if (call?.signal.aborted) throw abortError(call.signal);
}

/** Awaits a promise before anything is sent. @throws SessionError as soon as the caller stops waiting */
export async function waitUnlessAborted<T>(wait: Promise<T>, call: Call): Promise<T> {
  const signal = call?.signal;
  const result = await (signal ? Promise.race([wait, rejectOnAbort(signal)]) : wait);
  if (signal?.aborted) throw abortError(signal);
  return result;
}

/**
 * Maps items in parallel. Each call gets a signal of its own: Node would report a leak if a thousand commands listened to
 * the same one.
 */
export async function mapParallel<T, R>(
  items: readonly T[],
  call: Call,
  run: (item: T, call: Call) => Promise<R>,
): Promise<R[]> {
  throwIfAborted(call);
  const parts = items.map(lazySignal);
  const giveUp = (): void => {
    for (const { abort } of parts) abort(call?.signal.reason);
  };
  call?.signal.addEventListener("abort", giveUp);
  try {
    return await Promise.all(items.map((item, n) => run(item, call && parts[n])));
  } finally {
    call?.signal.removeEventListener("abort", giveUp);
  }
}

/** Creates the controller only when the signal is read. */
function lazySignal(): StoreCall & { abort(reason: unknown): void } {
  let controller: AbortController | undefined;
  const made = (): AbortController => (controller ??= new AbortController());
  return {
    get signal() {
      return made().signal;
    },
    abort: (reason) => made().abort(reason),
  };
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(abortError(signal));
    if (signal.aborted) fail();
    signal.addEventListener("abort", fail, { once: true });
  });
}

const abortError = (signal: AbortSignal) => unsent("gave up an operation before it was sent", signal.reason);
