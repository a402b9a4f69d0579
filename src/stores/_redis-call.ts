import type { StoreCall } from "../core/store.ts";
import { unsent } from "./_redis-errors.ts";

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

function givenUp(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(late(signal));
    if (signal.aborted) fail();
    signal.addEventListener("abort", fail, { once: true });
  });
}

const late = (signal: AbortSignal) => unsent("gave an operation up before it was sent", signal.reason);
