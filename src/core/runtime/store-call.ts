import { type Awaitable, isPromise } from "../../crypto/awaitable.ts";
import { SessionError } from "../../types/errors.ts";
import type { StoreCall } from "../../types/store.ts";
import type { ManagerContext } from "./context.ts";

/** The failure of a store operation. `certain`: the store knows that nothing was written. */
export class StoreFailure extends Error {
  readonly error: SessionError;
  readonly certain: boolean;

  constructor(error: SessionError, certain: boolean) {
    super(error.message);
    this.error = error;
    this.certain = certain;
  }
}

/** Creates the AbortController only if the store reads the signal. */
class LazyCall implements StoreCall {
  #controller: AbortController | undefined;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    // Created here if needed: a store that reads the signal later must see that it was aborted.
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }
}

/**
 * Runs one store operation within a time limit. Returns a plain value if the store does.
 *
 * @throws StoreFailure when the store fails; thrown, or as a rejected promise
 */
export const callStore = <T>(
  context: ManagerContext,
  operation: string,
  run: (call: StoreCall) => Awaitable<T>,
  limit: number = context.config.storeTimeout,
): Awaitable<T> => call(context, operation, run, limit, (failure) => failure);

/** Runs one store operation, for callers that do not need to know whether it was written. @throws SessionError */
export const askStore = <T>(
  context: ManagerContext,
  operation: string,
  run: (call: StoreCall) => Awaitable<T>,
  limit: number = context.config.storeTimeout,
): Awaitable<T> => call(context, operation, run, limit, ({ error }) => error);

function call<T>(
  context: ManagerContext,
  operation: string,
  run: (call: StoreCall) => Awaitable<T>,
  limit: number,
  toThrow: (failure: StoreFailure) => Error,
): Awaitable<T> {
  const fail = (cause: unknown): Error => {
    const failure = toFailure(operation, cause);
    // What a client has made up, such as the cursor of a list, is no failure of the store.
    if (failure.error.code !== "INVALID_OPTION") context.emit({ type: "store-error", operation, error: failure.error });
    return toThrow(failure);
  };
  const call = new LazyCall();
  let reply: Awaitable<T>;
  try {
    reply = run(call);
  } catch (cause) {
    throw fail(cause);
  }
  return isPromise(reply) ? inTime(context, operation, reply, call, limit, fail) : reply;
}

/** Waits for an answer no longer than allowed. */
function inTime<T>(
  context: ManagerContext,
  operation: string,
  reply: Promise<T>,
  call: LazyCall,
  limit: number,
  toError: (cause: unknown) => Error,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let isSettled = false;
    const fail = (cause: unknown): void => {
      // An operation that timed out may still fail later. Do not report it twice.
      if (isSettled) return;
      isSettled = true;
      context.timeouts.drop(watch);
      reject(toError(cause));
    };
    const watch = context.timeouts.watch(limit, ({ blocked }) => {
      const error = timedOut(operation, limit, blocked);
      call.abort(error);
      // Let the store reject first: it may know what it waited for, and that nothing was written.
      setTimeout(() => fail(error), 0);
    });
    const succeed = (value: T): void => {
      if (isSettled) return;
      isSettled = true;
      context.timeouts.drop(watch);
      resolve(value);
    };
    reply.then(succeed, fail);
  });
}

/** Returns the time limit for one store operation of a commit that must end at `end`: at least 1 ms. */
export const timeLeft = (context: ManagerContext, end: number): number =>
  Math.max(1, Math.min(context.config.storeTimeout, end - performance.now()));

function timedOut(operation: string, limit: number, blocked: number): SessionError {
  const busy = `, not counting ${Math.round(blocked)} ms in which this process was busy. Find what blocks its event loop. The store`;
  return new SessionError(
    "STORE_TIMEOUT",
    `The session store did not answer "${operation}" within ${Math.ceil(limit)} ms${blocked > 0 ? busy : ". It"} is overloaded or unreachable.`,
  );
}

function toFailure(operation: string, cause: unknown): StoreFailure {
  if (SessionError.is(cause)) return new StoreFailure(cause, cause.code !== "STORE_TIMEOUT");
  const message = `The session store failed at "${operation}". Its own error is the cause of this one.`;
  return new StoreFailure(new SessionError("STORE_UNAVAILABLE", message, { cause }), false);
}
