/** Something that somebody asked for, from the moment it began to the moment its outcome was told. */
export interface Fact {
  readonly began: number;
  /** Infinity while nothing was told. */
  ended: number;
  /** The time of that moment, in milliseconds. */
  at: number;
  /** "unknown": it may have happened, and may still happen. */
  outcome: "running" | "done" | "refused" | "unknown";
}

/** The store lost what it did between two moments. */
export interface Rewind {
  readonly at: number;
  /** The last moment of which everything is kept, and the first of which nothing is. */
  readonly kept: number;
  readonly lost: number;
}

/** Somebody looked at the store, at some moment between these two. */
export interface Look {
  readonly began: number;
  readonly ended: number;
  /** The time at its beginning, in milliseconds. */
  readonly at: number;
  /** By how much what was seen may be older. */
  readonly lag: number;
  /** What comes of the look itself, and cannot be seen by it. */
  readonly own?: readonly Fact[];
}

/** Whether a look has to see the fact, may see it, or must not. */
export type Standing = "firm" | "maybe" | "absent";

export function standingOf(fact: Fact, look: Look, rewinds: readonly Rewind[]): Standing {
  if (fact.began > look.ended || look.own?.includes(fact)) return "absent";
  const isDone = fact.outcome === "done";
  let standing: Standing = isDone && precedes(fact, look) ? "firm" : "maybe";
  if (fact.outcome === "refused") standing = "absent";
  for (const { at, kept, lost } of rewinds) {
    if (at > look.ended || fact.began > at) continue;
    // In the history that stays.
    if (isDone && fact.ended < lost) continue;
    const isOver = isDone && fact.ended < at && at < look.began;
    if (isOver && fact.began > kept) return "absent";
    standing = "maybe";
  }
  return standing;
}

const precedes = (fact: Fact, { began, at, lag }: Look): boolean =>
  fact.ended < began && (lag === 0 || fact.at < at - lag);
