import { SessionError } from "coatcheck";
import type { Random } from "./random.ts";
import type { Owner } from "./scheduler.ts";
import type { World } from "./world.ts";

/** What becomes of one call of the store. */
export const fates = {
  "slow-call": "arrives late",
  "slow-answer": "is answered late",
  "lost-call": "is lost",
  "lost-answer": "is done, and its answer is lost",
  refused: "fails before anything is done",
  broken: "is done, and the connection breaks before the answer",
  repeated: "is done twice, and answered by the second time",
  // As a failover does that loses the last writes.
  rewound: "is done, then the store goes back, and the connection breaks",
} as const;

export type Fate = keyof typeof fates;

/** The process that calls. */
export interface Caller extends Owner {
  readonly name: string;
  /** What becomes of its next call. */
  takeFate(operation: string): Fate | undefined;
}

export interface Call<T> {
  readonly operation: string;
  readonly about: string;
  readonly isWrite: boolean;
  readonly execute: () => T;
}

/** Carries the calls of one process to the store and the answers back, and loses what it must. */
export class Network {
  readonly #world: World;
  readonly #caller: Caller;
  readonly #random: Random;

  constructor(world: World, caller: Caller) {
    this.#world = world;
    this.#caller = caller;
    this.#random = world.random(`network of ${caller.name}`);
  }

  send<T>(call: Call<T>): Promise<T> {
    const fate = this.#caller.takeFate(call.operation);
    return new Promise((resolve, reject) => {
      const answer = { resolve, reject };
      if (!this.#world.isTimed) return this.#message(0, () => this.#arrive(call, fate, answer), this.#caller);
      if (fate === "lost-call") return this.#say(call, fate, "");
      this.#message(fate === "slow-call" ? this.#long() : this.#short(), () => this.#arrive(call, fate, answer));
    });
  }

  #arrive<T>(call: Call<T>, fate: Fate | undefined, { resolve, reject }: Answer<T>): void {
    const world = this.#world;
    const fail = (error: Error): void => this.#back(() => reject(error), fate);
    if (fate === "lost-call" || fate === "refused") {
      this.#say(call, fate, "");
      if (fate === "refused") fail(new Error("connection refused"));
    } else if (world.isFull && call.isWrite) {
      this.#say(call, fate, "the disk is full");
      fail(new SessionError("STORE_UNAVAILABLE", "The disk is full. Nothing was written."));
    } else {
      const first = call.execute();
      const result = fate === "repeated" ? call.execute() : first;
      this.#say(call, fate, wordOf(result));
      if (fate === "rewound") world.rewind(world.isTimed ? this.#random.between(1, 3) : 1);
      if (fate === "broken" || fate === "rewound") fail(new Error("connection reset"));
      else if (fate !== "lost-answer") this.#back(() => resolve(result), fate);
    }
  }

  /** With no time for messages, call and answer are one. */
  #back(settle: () => void, fate: Fate | undefined): void {
    if (!this.#world.isTimed) settle();
    else this.#message(fate === "slow-answer" ? this.#long() : this.#short(), settle, this.#caller);
  }

  #message(milliseconds: number, run: () => void, owner?: Caller): void {
    this.#world.scheduler.after(milliseconds, run, owner, true);
  }

  #say({ operation, about }: Call<unknown>, fate: Fate | undefined, result: string): void {
    const words = [`${operation} ${about}`.trim(), result && `: ${result}`, fate && `; this call ${fates[fate]}`];
    this.#world.trace.say("store", `for ${this.#caller.name}: ${words.filter(Boolean).join("")}`);
  }

  /** Most calls take little time, and some a little more. */
  #short(): number {
    return this.#random.chance(0.1) ? this.#random.between(5, 60) : this.#random.between(1, 40) / 10;
  }

  #long(): number {
    return this.#random.between(200, 4_000);
  }
}

interface Answer<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

function wordOf(result: unknown): string {
  if (typeof result !== "object" || result === null) return result === undefined ? "nothing" : `${result}`;
  return "version" in result ? `version ${result.version}` : "";
}
