import { createJar, type Jar } from "coatcheck/testing";
import type { Random } from "../../test/linearizability/workload/random.ts";

export const origin = "http://localhost/";

/** Enough that there is always something to do, few enough that processes meet at the same sessions. */
const seatCount = 6;
const userCount = 3;
const kept = 100;

/** Places that visitors sit at, each with the cookie jar of one browser; tabs of all processes share them. */
export class Seats {
  readonly #jars: Jar[] = Array.from({ length: seatCount }, () => createJar());
  readonly #isOwn: (seat: number) => boolean;
  /** Tokens that were good once. */
  readonly #past: string[] = [];

  /** `isOwn`: whether a new visitor at this seat is let in by this process. */
  constructor(isOwn: (seat: number) => boolean) {
    this.#isOwn = isOwn;
  }

  pick(random: Random): number {
    return random.below(seatCount);
  }

  token(seat: number): string | undefined {
    return this.#jars[seat]?.cookies()[0]?.value;
  }

  isOwn(seat: number): boolean {
    return this.#isOwn(seat);
  }

  /** Always the same, so that nobody's data is dropped by another's login. */
  userOf(seat: number): string {
    return `user-${seat % userCount}`;
  }

  anyUser(random: Random): string {
    return this.userOf(this.pick(random));
  }

  /** Keeps the cookies of a response. */
  took(seat: number, lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#remember(seat);
    this.#jars[seat]?.store(origin, lines);
  }

  passed(seat: number, token: string): void {
    this.took(seat, [`session=${token}; Path=/`]);
  }

  /** The token opens nothing any more, so the browser starts again. */
  lost(seat: number, token: string): void {
    if (this.token(seat) !== token) return;
    this.#remember(seat);
    this.#jars[seat]?.clear();
  }

  remember(token: string): void {
    if (this.#past.includes(token)) return;
    this.#past.push(token);
    if (this.#past.length > kept) this.#past.shift();
  }

  past(random: Random): string | undefined {
    return this.#past[random.below(this.#past.length)];
  }

  #remember(seat: number): void {
    const token = this.token(seat);
    if (token !== undefined) this.remember(token);
  }
}
