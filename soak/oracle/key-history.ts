import type { Outcome } from "../protocol.ts";

/** What one client wrote under its own name in one session, one value after the other. */
export class KeyHistory {
  #acknowledged: string | undefined;
  #writtenAt = 0;
  /** Values of unknown outcome since the last acknowledged one. */
  readonly #maybe = new Set<string>();
  readonly #taken = new Set<string>();
  #unknownTake = Number.NEGATIVE_INFINITY;

  wrote(value: string, outcome: Outcome, began: number): void {
    if (outcome === "unknown") this.#maybe.add(value);
    if (outcome !== "done") return;
    this.#acknowledged = value;
    this.#writtenAt = began;
    this.#maybe.clear();
  }

  /** What is wrong with that, if anything is. */
  took(value: string): string | undefined {
    if (this.#taken.has(value)) return `${value} was taken twice`;
    this.#taken.add(value);
    return undefined;
  }

  /** A take of unknown outcome, which was over then. */
  mayHaveTaken(at: number): void {
    this.#unknownTake = Math.max(this.#unknownTake, at);
  }

  /** What is wrong with finding this value now, while no request writes or takes it, if anything is. */
  problemWith(value: string | undefined): string | undefined {
    const acknowledged = this.#acknowledged;
    if (value !== undefined && this.#taken.has(value)) return `${value} is there again after it was taken`;
    if (value !== undefined && (value === acknowledged || this.#maybe.has(value))) return undefined;
    if (value === undefined && (acknowledged === undefined || this.#mayBeTaken(acknowledged))) return undefined;
    return `${value ?? "nothing"} was found where ${acknowledged ?? "nothing"} was acknowledged`;
  }

  #mayBeTaken(acknowledged: string): boolean {
    if (this.#unknownTake > this.#writtenAt || this.#taken.has(acknowledged)) return true;
    return [...this.#maybe].some((value) => this.#taken.has(value));
  }
}
