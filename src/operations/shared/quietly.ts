import { isPromise } from "../../crypto/awaitable.ts";

/** Calls what only looks on: its exception or rejection must not be able to fail a request, or to end the process. */
export function quietly(call: () => unknown): void {
  try {
    const told = call();
    if (isPromise(told)) told.then(undefined, () => undefined);
  } catch {
    // Its failure is its own.
  }
}
