import { AsyncLocalStorage } from "node:async_hooks";

/** What belongs to the work that runs now, and to all that it starts. */
export class Current<Value> {
  readonly #storage = new AsyncLocalStorage<{ value: Value | undefined } | undefined>();

  #isForgetful = false;

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
      this.#forget();
    } catch {
      // Whoever looks for the value is told.
    }
    return (value) => {
      place.value = value;
    };
  }

  /**
   * Before Node 24, what is entered stays with a connection that is kept alive. Its next request may be somebody else's,
   * because proxies share connections.
   */
  #forget(): void {
    if (this.#isForgetful) return;
    this.#isForgetful = true;
    const channels = globalThis.process?.getBuiltinModule?.("node:diagnostics_channel");
    channels?.subscribe("http.server.request.start", () => this.#storage.enterWith(undefined));
  }
}
