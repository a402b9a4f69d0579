import { AsyncLocalStorage } from "node:async_hooks";

/** A value of the current asynchronous context. */
export class CurrentValue<Value> {
  readonly #storage = new AsyncLocalStorage<{ value: Value | undefined } | undefined>();

  #isClearedPerRequest = false;

  get(): Value | undefined {
    return this.#storage.getStore()?.value;
  }

  run<Result>(value: Value, fn: () => Result): Result {
    return this.#storage.run({ value }, fn);
  }

  /**
   * Enters a context for the rest of the caller's execution. Returns a function that sets its value, which may come
   * later. Cloudflare Workers have no `enterWith`: there only `run` works.
   */
  enter(): (value: Value) => void {
    const slot: { value: Value | undefined } = { value: undefined };
    try {
      this.#storage.enterWith(slot);
      this.#clearPerRequest();
    } catch {
      // Code that needs the value gets an error that says so.
    }
    return (value) => {
      slot.value = value;
    };
  }

  /**
   * Before Node 24, an entered context outlives the request on a keep-alive connection. The next request may belong to
   * another user, because proxies share connections.
   */
  #clearPerRequest(): void {
    if (this.#isClearedPerRequest) return;
    this.#isClearedPerRequest = true;
    const channels = globalThis.process?.getBuiltinModule?.("node:diagnostics_channel");
    channels?.subscribe("http.server.request.start", () => this.#storage.enterWith(undefined));
  }
}
