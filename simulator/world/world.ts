import type { Engine } from "../engine/bundle.ts";
import { Random } from "./random.ts";
import { type Chooser, Scheduler } from "./scheduler.ts";
import { Table } from "./table.ts";
import { Trace } from "./trace.ts";

/** Where the world begins, in epoch milliseconds. */
export const genesis = Date.UTC(2026, 0, 1);

export interface WorldOptions {
  readonly seed: number;
  readonly engine: Engine;
  /** Chooses the order of messages, which then take no time. Absent: each takes a random time. */
  readonly chooser?: Chooser | undefined;
}

/** What all processes share: time, the store and its network. */
export class World {
  readonly seed: number;
  readonly engine: Engine;
  readonly scheduler: Scheduler;
  readonly table = new Table();
  readonly trace: Trace;
  readonly isTimed: boolean;
  /** The store refuses to write, and says so. */
  isFull = false;
  /** Called for each rewind, with the last moment that is kept and the first that is lost. */
  onRewind: (kept: number, lost: number) => void = () => undefined;

  constructor({ seed, engine, chooser }: WorldOptions) {
    this.seed = seed;
    this.engine = engine;
    this.scheduler = new Scheduler(chooser);
    this.isTimed = chooser === undefined;
    this.trace = new Trace(() => this.scheduler.now);
  }

  get now(): number {
    return this.scheduler.now;
  }

  /** The store server's clock, in epoch milliseconds. */
  get time(): number {
    return genesis + this.scheduler.now;
  }

  get moment(): number {
    return this.scheduler.moment;
  }

  random(name: string): Random {
    return new Random(this.seed, name);
  }

  rewind(changes: number): void {
    const range = this.table.rewind(changes);
    if (!range) return;
    this.trace.say("store", `goes back to an earlier state: the last ${changes} writes are lost`);
    this.onRewind(range.kept, range.lost);
  }
}
