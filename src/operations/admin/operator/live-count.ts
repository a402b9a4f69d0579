/** A count may take seconds where there are millions of sessions, so it is repeated at most this often. */
const FRESH_MS = 60_000;
/** A page waits so long for it, and shows the one before. */
const PATIENCE_MS = 150;

export interface Counted {
  readonly count: number;
  readonly at: Date;
}

export type LiveCount = Counted | "counting" | "failed";

/** Counts at most once a minute, and never keeps a page waiting for long. */
export class Counter {
  readonly #count: () => Promise<number>;
  #last: Counted | undefined;
  #running: Promise<void> | undefined;
  #hasFailed = false;

  constructor(count: () => Promise<number>) {
    this.#count = count;
  }

  async get(): Promise<LiveCount> {
    if (this.#last === undefined || Date.now() - this.#last.at.getTime() > FRESH_MS) this.#running ??= this.#run();
    if (this.#running) await Promise.race([this.#running, after(PATIENCE_MS)]);
    return this.#last ?? (this.#hasFailed ? "failed" : "counting");
  }

  /** What has been ended in bulk is counted anew. */
  forget(): void {
    this.#last = undefined;
  }

  async #run(): Promise<void> {
    try {
      this.#last = { count: await this.#count(), at: new Date() };
      this.#hasFailed = false;
    } catch {
      // The manager's observers were told.
      this.#hasFailed = true;
    }
    this.#running = undefined;
  }
}

const after = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
