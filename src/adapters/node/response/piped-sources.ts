import type { NodeResponse } from "../types.ts";

type Listener = (...args: unknown[]) => void;

/** A stream that is piped into a response. */
interface Source {
  unpipe(destination: unknown): unknown;
  listenerCount(event: string): number;
  destroy?(): unknown;
}

/** Tracks streams piped into the response, to resume them after the commit or detach them on failure. */
export class PipedSources {
  readonly #res: NodeResponse;
  #sources: Source[] = [];
  readonly #drainListeners: Listener[] = [];

  constructor(res: NodeResponse) {
    this.#res = res;
    res.on("pipe", (source: Source) => this.#sources.push(source));
    if (Object.hasOwn(res, "on")) this.#recordDrainListeners();
  }

  /** Emits 'drain' for writers that got `false`; in the next tick, because they add their listener after that. */
  drain(): void {
    process.nextTick(() => {
      const missed = this.#drainListeners.filter((listener) => !this.#res.rawListeners("drain").includes(listener));
      this.#res.emit("drain");
      for (const listener of missed) Reflect.apply(listener, this.#res, []);
    });
  }

  /** Detaches the sources. Those without another reader are destroyed when the response closes. */
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
   * Records 'drain' listeners here as well. `compression` moves them to its own stream, which does not know about
   * writes that were held here.
   */
  #recordDrainListeners(): void {
    const on = this.#res.on as (event: string | symbol, listener: Listener) => unknown;
    const recordingOn = (event: string | symbol, listener: Listener): unknown => {
      if (event === "drain") this.#drainListeners.push(listener);
      return Reflect.apply(on, this.#res, [event, listener]);
    };
    this.#res.on = recordingOn as NodeResponse["on"];
  }
}
