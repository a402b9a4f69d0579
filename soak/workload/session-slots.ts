import { createJar, type Jar } from "coatcheck/testing";
import type { Random } from "../../test/support/random.ts";

export const origin = "http://localhost/";

/** Enough that there is always something to do, few enough that processes meet at the same sessions. */
const slotCount = 6;
const userCount = 3;
const kept = 100;

/** Sessions in use, each in the cookie jar of one browser; tabs of all processes share them. */
export class SessionSlots {
  readonly #jars: Jar[] = Array.from({ length: slotCount }, () => createJar());
  readonly #isOwn: (slot: number) => boolean;
  /** Tokens that were good once. */
  readonly #past: string[] = [];

  /** `isOwn`: whether this process creates the sessions of a slot. */
  constructor(isOwn: (slot: number) => boolean) {
    this.#isOwn = isOwn;
  }

  pick(random: Random): number {
    return random.below(slotCount);
  }

  token(slot: number): string | undefined {
    return this.#jars[slot]?.cookies()[0]?.value;
  }

  isOwn(slot: number): boolean {
    return this.#isOwn(slot);
  }

  /** Always the same, so that no session's data is dropped by another user's login. */
  userOf(slot: number): string {
    return `user-${slot % userCount}`;
  }

  anyUser(random: Random): string {
    return this.userOf(this.pick(random));
  }

  /** Keeps the cookies of a response. */
  took(slot: number, lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#remember(slot);
    this.#jars[slot]?.store(origin, lines);
  }

  receiveToken(slot: number, token: string): void {
    this.took(slot, [`session=${token}; Path=/`]);
  }

  /** The token opens nothing any more, so the browser starts again. */
  lost(slot: number, token: string): void {
    if (this.token(slot) !== token) return;
    this.#remember(slot);
    this.#jars[slot]?.clear();
  }

  remember(token: string): void {
    if (this.#past.includes(token)) return;
    this.#past.push(token);
    if (this.#past.length > kept) this.#past.shift();
  }

  past(random: Random): string | undefined {
    return this.#past[random.below(this.#past.length)];
  }

  #remember(slot: number): void {
    const token = this.token(slot);
    if (token !== undefined) this.remember(token);
  }
}
