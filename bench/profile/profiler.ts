import type { Profiler as Protocol } from "node:inspector";
import { Session } from "node:inspector/promises";

/** What `node --cpu-prof` records, for just the requests that are measured. */
export class Profiler {
  readonly #session = new Session();

  async start(): Promise<void> {
    this.#session.connect();
    await this.#session.post("Profiler.enable");
    await this.#session.post("Profiler.setSamplingInterval", { interval: 200 });
    await this.#session.post("Profiler.start");
  }

  async stop(): Promise<Protocol.Profile> {
    const { profile } = await this.#session.post("Profiler.stop");
    this.#session.disconnect();
    return profile;
  }
}
