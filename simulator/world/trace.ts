import { createHash } from "node:crypto";

export interface Line {
  readonly at: number;
  readonly who: string;
  readonly text: string;
}

/** All that happened, in words. Two runs of one seed have the same, to the byte. */
export class Trace {
  readonly lines: Line[] = [];
  readonly #now: () => number;
  readonly #names = new Map<string, string>();
  readonly #hash = createHash("sha256");

  constructor(now: () => number) {
    this.#now = now;
  }

  say(who: string, text: string): void {
    const at = this.#now();
    this.lines.push({ at, who, text });
    this.#hash.update(`${at} ${who} ${text}\n`);
  }

  /** Counts for the hash only: what is too long to read. */
  mix(bytes: string): void {
    this.#hash.update(bytes);
  }

  /** A session's short name for the story: A, B, … Z, A2. */
  name(id: string): string {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const number = this.#names.size;
    const round = Math.floor(number / 26);
    const name = String.fromCharCode(65 + (number % 26)) + (round > 0 ? round + 1 : "");
    this.#names.set(id, name);
    return name;
  }

  digest(): string {
    return this.#hash.copy().digest("hex");
  }
}
