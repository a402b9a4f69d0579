import { AsyncLocalStorage } from "node:async_hooks";

/** What belongs to the work that runs now, and to all that it starts. */
export class Current<Value> {
  readonly #storage = new AsyncLocalStorage<{ value: Value | undefined }>();

  get(): Value | undefined {
    return this.#storage.getStore()?.value;
  }

  run<Result>(value: Value, fn: () => Result): Result {
    return this.#storage.run({ value }, fn);
  }

  /**
   * From here on, for whoever called; the value may come later. Cloudflare's workers know no such thing, because it
   * reaches beyond the function that asks for it: there only `run` works.
   */
  enter(): (value: Value) => void {
    const place: { value: Value | undefined } = { value: undefined };
    try {
      this.#storage.enterWith(place);
    } catch {
      // Whoever looks for the value is told.
    }
    return (value) => {
      place.value = value;
    };
  }
}
