import { type Fact, type Look, type Rewind, standingOf } from "./fact.ts";

/** The increments of one session's counter, and the number that each was told. */
export class Counter {
  readonly #increments: { readonly fact: Fact; told: number | undefined }[] = [];

  begin(fact: Fact): (told: number) => void {
    const increment = { fact, told: undefined as number | undefined };
    this.#increments.push(increment);
    return (told) => {
      increment.told = told;
    };
  }

  /** Two increments that were told one number are one increment, unless the store went back between them. */
  problemWithNumbers(rewinds: readonly Rewind[]): string | undefined {
    const done = this.#increments.filter(({ fact, told }) => fact.outcome === "done" && told !== undefined);
    for (const [index, one] of done.entries()) {
      const other = done.slice(0, index).find(({ told }) => told === one.told);
      if (!other) continue;
      const began = Math.min(one.fact.began, other.fact.began);
      const ended = Math.max(one.fact.ended, other.fact.ended);
      const isExplained = rewinds.some(({ at }) => at > began && at < ended);
      if (!isExplained) return `two increments were both told ${one.told}`;
    }
    return undefined;
  }

  problemWith(count: number, look: Look, rewinds: readonly Rewind[]): string | undefined {
    const standings = this.#increments.map(({ fact }) => standingOf(fact, look, rewinds));
    const least = standings.filter((standing) => standing === "firm").length;
    const most = standings.filter((standing) => standing !== "absent").length;
    if (count >= least && count <= most) return undefined;
    const expected = least === most ? `${least}` : `${least} to ${most}`;
    return `counts ${count} instead of ${expected}`;
  }
}
