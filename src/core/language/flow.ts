import { type Awaitable, isPromise } from "../../crypto/awaitable.ts";

/**
 * Work written as a generator that yields only promises, so that it makes none of its own: `run` finishes it at once if
 * nothing has to be waited for.
 */
export type Flow<T> = Generator<Promise<unknown>, T, unknown>;

/** Waits for a value inside a flow. */
export function* wait<T>(value: Awaitable<T>): Flow<T> {
  return isPromise(value) ? ((yield value) as T) : value;
}

/** Makes a flow of other work. */
export function* flow<T>(work: () => Awaitable<T>): Flow<T> {
  return yield* wait(work());
}

/** Runs a flow to its end. Returns or throws at once if the flow waits for nothing. Otherwise returns a promise. */
export function run<T>(steps: Flow<T>): Awaitable<T> {
  const step = steps.next();
  return step.done ? step.value : finish(steps, step.value);
}

async function finish<T>(steps: Flow<T>, first: Promise<unknown>): Promise<T> {
  let step: IteratorResult<Promise<unknown>, T> = { done: false, value: first };
  while (!step.done) {
    let value: unknown;
    try {
      value = await step.value;
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(value);
  }
  return step.value;
}

/**
 * Returns a promise in every case: what the work throws rejects. It is of the engine's own kind, also if an application
 * has replaced the global `Promise`.
 */
export const later = async <T>(work: () => Awaitable<T>): Promise<T> => work();

/** Returns what the work does, at once if it can. What it throws rejects, so that the caller need not catch it. */
export function attempt<T>(work: () => Awaitable<T>): Awaitable<T> {
  try {
    return work();
  } catch (error) {
    return later(() => {
      throw error;
    });
  }
}
