import { type Fact, type Look, type Rewind, standingOf } from "./fact.ts";

/** The flash messages of one session: each comes out once. */
export class Messages {
  readonly #sent = new Map<string, Fact>();
  readonly #received = new Map<string, Fact>();
  /** Calls of `flashes()`, which may have taken messages that nobody saw. */
  readonly #calls: Fact[] = [];

  send(message: string, fact: Fact): void {
    this.#sent.set(message, fact);
  }

  call(fact: Fact): void {
    this.#calls.push(fact);
  }

  receive(message: string, call: Fact, look: Look, rewinds: readonly Rewind[]): string | undefined {
    const sent = this.#sent.get(message);
    const before = this.#received.get(message);
    this.#received.set(message, call);
    if (!sent) return `delivers the message ${message}, which nobody left there`;
    if (standingOf(sent, look, rewinds) === "absent") return `delivers the message ${message}, which was not stored`;
    if (!before) return undefined;
    // Whichever was told first: the store may have lost the one that began first.
    const began = Math.min(before.began, call.began);
    const isExplained = rewinds.some(({ at }) => at > began && at < look.ended);
    return isExplained ? undefined : `delivers the message ${message} twice`;
  }

  /** At the end, when all that is left was delivered: what is missing. */
  problemAtEnd(look: Look, rewinds: readonly Rewind[]): string | undefined {
    if (rewinds.length > 0) return undefined;
    const mayHaveTaken = (sent: Fact): boolean =>
      this.#calls.some(
        ({ outcome, began }) =>
          outcome !== "done" && outcome !== "refused" && began < look.ended && sent.began < look.ended,
      );
    for (const [message, fact] of this.#sent) {
      if (this.#received.has(message) || standingOf(fact, look, rewinds) !== "firm" || mayHaveTaken(fact)) continue;
      return `has lost the message ${message}, which was acknowledged`;
    }
    return undefined;
  }
}
