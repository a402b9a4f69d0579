import { type Awaitable, isPromise } from "../../crypto/awaitable.ts";
import { attempt, later } from "../language/flow.ts";

/**
 * The engine's own promise, as `async` functions give it: the global may be another class, put there before this file was
 * loaded or after, whose promises cannot be made by a class of ours, or whose `then` takes no other promise.
 */
const Native = (async () => undefined)().constructor as PromiseConstructor;
const plainThen = Native.prototype.then;

/** A promise that records whether it was awaited, so that the commit can throw the failures that the handler ignored. */
class TrackedPromise<T> extends Native<T> {
  isAwaited = false;

  static override get [Symbol.species](): PromiseConstructor {
    return Native;
  }

  // biome-ignore lint/suspicious/noThenProperty: a promise has one
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.isAwaited = true;
    return super.then(onFulfilled, onRejected);
  }
}

/** The durable operations that a request has started. Its commit waits for them all. */
export class BackgroundOperations {
  #running = new Set<Promise<void>>();
  #failed: { operation: TrackedPromise<unknown>; error: unknown }[] = [];

  /** Returns the operation's promise. If it fails and was not awaited, `settled()` throws the error. */
  run<T>(start: () => Awaitable<T>): Promise<T> {
    const result = attempt(start);
    return isPromise(result) ? this.#track(result) : later(() => result);
  }

  /** No operation is in flight, and no failure waits to be reported. */
  get isQuiet(): boolean {
    return this.#running.size === 0 && this.#failed.length === 0;
  }

  /** Waits for all operations. @throws the first failure that was not awaited */
  settled(): Awaitable<void> {
    return this.isQuiet ? undefined : this.#settle();
  }

  /** Waits for all operations and drops their failures. */
  ended(): Awaitable<void> {
    return this.isQuiet ? undefined : this.#settle().catch(() => undefined);
  }

  async #settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
    const unseen = this.#failed.splice(0).find(({ operation }) => !operation.isAwaited);
    if (unseen) throw unseen.error;
  }

  #track<T>(result: Promise<T>): Promise<T> {
    const operation = new TrackedPromise<T>((resolve, reject) => {
      result.then(resolve, reject);
    });
    const keep = (error: unknown): unknown => this.#failed.push({ operation, error });
    // The plain `then`, because this is not the caller looking at it.
    const ended = plainThen.call(operation, undefined, keep) as Promise<unknown>;
    const done: Promise<void> = ended.then(() => {
      this.#running.delete(done);
    });
    this.#running.add(done);
    return operation;
  }
}
