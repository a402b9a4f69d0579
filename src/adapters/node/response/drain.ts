import type { NodeResponse } from "../types.ts";

type Listener = (...args: unknown[]) => void;

/** A stream that is piped into a response. */
interface Source {
  unpipe(destination: unknown): unknown;
  listenerCount(event: string): number;
  destroy?(): unknown;
}

/** Remembers who writes into a response by themselves, to wake them or to stop them. */
export class Flow {
  readonly #res: NodeResponse;
  #sources: Source[] = [];
  readonly #waiting: Listener[] = [];

  constructor(res: NodeResponse) {
    this.#res = res;
    res.on("pipe", (source: Source) => this.#sources.push(source));
    if (Object.hasOwn(res, "on")) this.#listenAlong();
  }

  /** Wakes those who were told to wait for 'drain'; later, because they begin to listen after they are told. */
  drain(): void {
    process.nextTick(() => {
      const missed = this.#waiting.filter((listener) => !this.#res.rawListeners("drain").includes(listener));
      this.#res.emit("drain");
      for (const listener of missed) Reflect.apply(listener, this.#res, []);
    });
  }

  /** Cuts the sources off; those that nobody else reads are closed once the response is over. */
  cut(): void {
    for (const source of this.#sources) {
      source.unpipe(this.#res);
      this.#res.once("close", () => {
        if (source.listenerCount("data") === 0) source.destroy?.();
      });
    }
    this.#sources = [];
  }

  /**
   * `compression` takes the 'drain' listeners for its own stream, which knows nothing of a write that was held here; so
   * they are kept here as well.
   */
  #listenAlong(): void {
    const on = this.#res.on as (event: string | symbol, listener: Listener) => unknown;
    const along = (event: string | symbol, listener: Listener): unknown => {
      if (event === "drain") this.#waiting.push(listener);
      return Reflect.apply(on, this.#res, [event, listener]);
    };
    this.#res.on = along as NodeResponse["on"];
  }
}
