import type { StoreCall } from "../../types/store.ts";
import { unsent } from "./errors.ts";

export type Call = StoreCall | undefined;

/** To be asked before each further step of an operation. @throws SessionError when the core no longer waits for it */
export function notLate(call: Call): void {
  if (call?.signal.aborted) throw late(call.signal);
}

/** What has to be waited for before anything is sent, as long as the core waits. */
export async function inTime<T>(wait: Promise<T>, call: Call): Promise<T> {
  const signal = call?.signal;
  const result = await (signal ? Promise.race([wait, givenUp(signal)]) : wait);
  if (signal?.aborted) throw late(signal);
  return result;
}

/**
 * Runs something for each item, all at once. Each has a signal of its own: at one that a thousand commands listen to Node
 * would warn of a leak.
 */
export async function forEach<T, R>(
  items: readonly T[],
  call: Call,
  run: (item: T, call: Call) => Promise<R>,
): Promise<R[]> {
  notLate(call);
  const parts = items.map(part);
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

/** Its controller is made only when somebody wants it. */
function part(): StoreCall & { abort(reason: unknown): void } {
  let controller: AbortController | undefined;
  const made = (): AbortController => (controller ??= new AbortController());
  return {
    get signal() {
      return made().signal;
    },
    abort: (reason) => made().abort(reason),
  };
}

function givenUp(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(late(signal));
    if (signal.aborted) fail();
    signal.addEventListener("abort", fail, { once: true });
  });
}

const late = (signal: AbortSignal) => unsent("gave an operation up before it was sent", signal.reason);
