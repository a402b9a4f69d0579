import type { Engine, Library } from "./bundle.ts";
import type { Host } from "./host.ts";

interface Loaded {
  readonly library: Library;
  /** Forwards to the host of the process that has the library now. */
  move(host: Host): void;
}

/** Uses loaded libraries again in later worlds, because loading one takes longer than a small world. */
export class EnginePool implements Engine {
  readonly #engine: Engine;
  readonly #loaded: Loaded[] = [];
  #used = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  load(host: Host): Library {
    const loaded = this.#loaded[this.#used] ?? this.#add(host);
    this.#used++;
    loaded.move(host);
    return loaded.library;
  }

  /** The world is over. */
  reset(): void {
    this.#used = 0;
  }

  #add(first: Host): Loaded {
    let host = first;
    const library = this.#engine.load({
      wallClock: () => host.wallClock(),
      monotonic: () => host.monotonic(),
      startTimer: (milliseconds, run) => host.startTimer(milliseconds, run),
      random: () => host.random(),
    });
    const loaded = {
      library,
      move: (next: Host): void => {
        host = next;
      },
    };
    this.#loaded.push(loaded);
    return loaded;
  }
}
