import { type Fact, type Look, type Rewind, standingOf } from "./fact.ts";

/** A value that somebody wrote under one key; `undefined` for its removal. */
export interface Write {
  readonly value: string | undefined;
  readonly fact: Fact;
}

type Timely = Pick<Write, "fact">;

/** Before anybody wrote. */
export const unwritten: Write = { value: undefined, fact: { began: -1, ended: -1, at: -1, outcome: "done" } };

/** One key of one session. Each value is written once, or again by who saw it, so that it tells who wrote it. */
export class Register {
  readonly writes: Write[] = [unwritten];
  readonly #takers = new Map<string, Fact>();

  /** Somebody was told that the value is theirs alone. */
  take(value: string, fact: Fact, now: number, rewinds: readonly Rewind[]): string | undefined {
    const before = this.#takers.get(value);
    this.#takers.set(value, fact);
    const isWrittenAgain = this.writes.filter((write) => write.value === value).length > 1;
    // Whichever was told first: the store may have lost the one that began first.
    const began = Math.min(before?.began ?? 0, fact.began);
    const isExplained = !before || isWrittenAgain || rewinds.some(({ at }) => at > began && at < now);
    return isExplained ? undefined : `hands out ${value} twice`;
  }

  /** What is wrong with a value that was read, if anything is. */
  problemWith(value: string | undefined, look: Look, rewinds: readonly Rewind[]): string | undefined {
    const own = this.writes.filter((write) => write.value === value);
    if (own.length === 0) return `holds ${value}, which nobody wrote there`;
    const possible = own.filter(({ fact }) => standingOf(fact, look, rewinds) !== "absent");
    if (possible.length === 0) return `holds ${value ?? "nothing"}, although ${why(own)}`;
    const firm = this.writes.filter(({ fact }) => standingOf(fact, look, rewinds) === "firm");
    let later: Write | undefined;
    for (const { fact } of possible) {
      later = overwriting(fact, firm);
      if (!later) return undefined;
    }
    const found = value === undefined ? "holds nothing" : `still holds ${value}`;
    return later?.value === undefined
      ? `${found}, although its removal was acknowledged before`
      : `${found}, although ${later.value} was acknowledged before`;
  }
}

/** Of these writes those that may be in force: they may have happened, and none is sure to have come after. */
export function inForce<T extends Timely>(writes: readonly T[], look: Look, rewinds: readonly Rewind[]): T[] {
  const firm = writes.filter(({ fact }) => standingOf(fact, look, rewinds) === "firm");
  return writes.filter(({ fact }) => standingOf(fact, look, rewinds) !== "absent" && !overwriting(fact, firm));
}

const overwriting = <T extends Timely>(fact: Fact, firm: readonly T[]): T | undefined =>
  firm.find((other) => other.fact.began > lastMoment(fact));

/** After this moment the store does not do it any more. */
const lastMoment = ({ ended, outcome }: Fact): number => (outcome === "done" ? ended : Number.POSITIVE_INFINITY);

const why = (writes: readonly Write[]): string =>
  writes.some(({ fact }) => fact.outcome === "refused")
    ? "the writer was told that nothing was stored"
    : "the history that had it is lost";
