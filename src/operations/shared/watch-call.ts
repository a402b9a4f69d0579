import { isPromise } from "../../crypto/awaitable.ts";
import type { Awaitable } from "../../types/awaitable.ts";
import type { StoreCall } from "../../types/store.ts";

/** How a call ended. `abandoned`: its caller stopped waiting before there was an answer. */
export type Ending<T> = { readonly value: T } | { readonly error: unknown; readonly abandoned: boolean };

/**
 * Runs a call and tells once how it ended: by its answer, or when its caller stopped waiting, because a call that hangs may
 * never get one. The answer itself is returned as it is, plain or the same promise.
 */
export function watchCall<T>(
  run: () => Awaitable<T>,
  call: StoreCall | undefined,
  end: (ending: Ending<T>) => void,
): Awaitable<T> {
  let reply: Awaitable<T>;
  try {
    reply = run();
  } catch (error) {
    end({ error, abandoned: false });
    throw error;
  }
  if (isPromise(reply)) watchReply(reply, call?.signal, end);
  else end({ value: reply });
  return reply;
}

function watchReply<T>(reply: Promise<T>, signal: AbortSignal | undefined, end: (ending: Ending<T>) => void): void {
  let hasEnded = false;
  const once = (ending: Ending<T>): void => {
    if (hasEnded) return;
    hasEnded = true;
    signal?.removeEventListener("abort", abandon);
    end(ending);
  };
  const abandon = (): void => once({ error: signal?.reason, abandoned: true });
  signal?.addEventListener("abort", abandon);
  reply.then(
    (value) => once({ value }),
    (error: unknown) => once({ error, abandoned: false }),
  );
}
