import { setTimeout as sleep } from "node:timers/promises";
import { SessionError, type Sessions } from "coatcheck";
import { expect } from "vitest";

export type Counted = { n: number };

/** Tries until it succeeds, for what a short limit may be too short for. */
async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  let done: { result: T } | undefined;
  const attempt = async (): Promise<string> => {
    done = { result: await work() };
    return "done";
  };
  await expect.poll(() => attempt().catch(String)).toBe("done");
  return done!.result;
}

/** Adds 1 to a session's counter again and again, and keeps the books on what it was told. */
export class Counter {
  readonly #sessions: Sessions<Counted>;
  readonly #id: string;
  acknowledged = 0;
  /** The library said that it cannot know. */
  unknown = 0;
  /** The library said that nothing was written. */
  refused = 0;

  private constructor(sessions: Sessions<Counted>, id: string) {
    this.#sessions = sessions;
    this.#id = id;
  }

  /** Begins when the store can be reached: to open the first connection may take longer than a short limit. */
  static async start(sessions: Sessions<Counted>): Promise<Counter> {
    const { id } = await untilDone(() => sessions.issue({ data: { n: 0 } }));
    return new Counter(sessions, id);
  }

  async add(): Promise<void> {
    try {
      await this.#sessions.edit(this.#id, (session) => session.update("n", (n = 0) => n + 1));
      this.acknowledged++;
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      expect(["COMMIT_UNKNOWN", "COMMIT_TIMEOUT", "STORE_UNAVAILABLE", "STORE_TIMEOUT"]).toContain(error.code);
      if (error.code === "COMMIT_UNKNOWN") this.unknown++;
      else this.refused++;
      // A client that is refused at once comes back a little later, and lets the world go on meanwhile.
      await sleep(10);
    }
  }

  /** Some clients add as fast as they can until told to stop. */
  async addWhile(goesOn: () => boolean, clients = 8): Promise<void> {
    const client = async (): Promise<void> => {
      while (goesOn()) await this.add();
    };
    await Promise.all(Array.from({ length: clients }, client));
  }

  /** What is stored is what was acknowledged, plus at most what nobody could know. */
  async check(sessions: Sessions<Counted> = this.#sessions): Promise<void> {
    const stored = await untilDone(() => sessions.edit(this.#id, (session) => session.get("n")));
    expect(stored).toBeGreaterThanOrEqual(this.acknowledged);
    expect(stored).toBeLessThanOrEqual(this.acknowledged + this.unknown);
  }
}
