import type { Outcome } from "../protocol.ts";
import { KeyHistory } from "./key-history.ts";

const remembered = 40;
/** How long a commit of unknown outcome may still arrive, in milliseconds. */
const latest = 10_000;

interface Interval {
  readonly began: number;
  ended: number;
}

interface Message {
  began: number | undefined;
  outcome: Outcome | undefined;
  deliveries: number;
}

/** What is known of one session. Times are those of `now()`. */
export class SessionHistory {
  readonly id: string;
  user: string | undefined;
  loginBegan: number = Number.POSITIVE_INFINITY;
  /** An acknowledged login was over then. */
  signedIn: number = Number.POSITIVE_INFINITY;
  /** The first attempt to end it began then. */
  endBegan: number = Number.POSITIVE_INFINITY;
  /** It was acknowledged then that it is over. */
  ended: number = Number.POSITIVE_INFINITY;
  /** The last request that found it began then. */
  found: number = Number.NEGATIVE_INFINITY;
  /** The first request that did not find it was over then. */
  missed: number = Number.POSITIVE_INFINITY;
  /** The first list of its user's sessions that left it out was over then. */
  unlisted: number = Number.POSITIVE_INFINITY;
  readonly #renewals: Interval[] = [];
  readonly #lostEdits: Interval[] = [];
  /** The last things that were done to it, in words. */
  readonly history: string[] = [];
  readonly #keys = new Map<string, KeyHistory>();
  readonly #messages = new Map<string, Message>();
  readonly #counts = new Set<number>();
  #acknowledged = 0;
  #unknown = 0;
  #unknownFlashes: number = Number.NEGATIVE_INFINITY;

  constructor(id: string) {
    this.id = id;
  }

  happened(what: string): void {
    this.history.push(what);
    if (this.history.length > remembered) this.history.shift();
  }

  key(name: string): KeyHistory {
    const known = this.#keys.get(name) ?? new KeyHistory();
    this.#keys.set(name, known);
    return known;
  }

  /** One increment. What is wrong with it, if anything is. */
  counted(outcome: Outcome, number: number | undefined): string | undefined {
    if (outcome === "unknown") this.#unknown++;
    if (outcome !== "done" || number === undefined) return undefined;
    this.#acknowledged++;
    if (this.#counts.has(number)) return `two increments were both told ${number}: one was lost`;
    this.#counts.add(number);
    return undefined;
  }

  /** A login or regenerate is about to begin. */
  renews(began: number): void {
    this.#renewals.push({ began, ended: Number.POSITIVE_INFINITY });
  }

  renewed(began: number, outcome: Outcome, at: number): void {
    const renewal = this.#renewals.find((one) => one.began === began);
    if (renewal) renewal.ended = outcome === "unknown" ? at + latest : at;
  }

  /** Work behind the visitor's back did not find it. A login or regenerate at the same time is reason enough for that. */
  lostEdit(began: number, ended: number): void {
    this.#lostEdits.push({ began, ended });
  }

  /** Counts those as misses that nothing explains. */
  judgeEdits(before: number): void {
    for (const edit of this.#lostEdits) {
      if (edit.ended >= before) continue;
      const isExplained = this.#renewals.some((one) => one.began < edit.ended && one.ended > edit.began);
      if (!isExplained) this.missed = Math.min(this.missed, edit.ended);
    }
  }

  flashed(message: string, began: number, outcome?: Outcome): void {
    const known = this.#message(message);
    known.began = began;
    known.outcome = outcome;
  }

  delivered(message: string): string | undefined {
    const known = this.#message(message);
    known.deliveries++;
    return known.deliveries > 1 ? `the message ${message} was delivered twice` : undefined;
  }

  /** A call of `flashes` of unknown outcome, which was over then. */
  mayHaveDelivered(at: number): void {
    this.#unknownFlashes = Math.max(this.#unknownFlashes, at);
  }

  /** What is wrong with the data of the session now, when all is over and its messages have been delivered. */
  *problemsWith(data: Readonly<Record<string, unknown>>): Generator<string> {
    const count = Number(data.n ?? 0);
    if (count < this.#acknowledged || count > this.#acknowledged + this.#unknown) {
      yield `it counts ${count} after ${this.#acknowledged} acknowledged increments and ${this.#unknown} unknown ones`;
    }
    for (const [name, key] of this.#keys) {
      const value = data[name];
      const problem = key.problemWith(value === undefined ? undefined : `${value}`);
      if (problem !== undefined) yield `under "${name}" ${problem}`;
    }
    for (const [text, { began, outcome, deliveries }] of this.#messages) {
      if (began === undefined) yield `the message ${text} came out of nowhere`;
      else if (outcome === "refused" && deliveries > 0) yield `the message ${text} was refused, and delivered`;
      else if (outcome === "done" && deliveries === 0 && this.#unknownFlashes <= began) {
        yield `the message ${text} was acknowledged and never delivered`;
      }
    }
  }

  #message(text: string): Message {
    const known = this.#messages.get(text) ?? { began: undefined, outcome: undefined, deliveries: 0 };
    this.#messages.set(text, known);
    return known;
  }
}
