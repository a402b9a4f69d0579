import type { SessionEvent, Sessions, SessionsOptions } from "coatcheck";
import type { Host } from "../engine/host.ts";
import { type Caller, type Fate, Network } from "./network.ts";
import type { Random } from "./random.ts";
import { storeFor } from "./store.ts";
import { genesis, type World } from "./world.ts";

export type Data = Record<string, unknown>;

interface PendingFate {
  /** The name of the call; any, if absent. */
  readonly operation: string | undefined;
  readonly fate: Fate;
  /** So many calls pass before it. */
  skip: number;
}

export interface ProcessOptions {
  readonly name: string;
  readonly options: Omit<SessionsOptions<Data>, "store" | "clock" | "observer">;
  /** The store tells its time, so that the host's clock does not count. */
  readonly hasStoreTime: boolean;
}

/** One running server: the library, loaded for it alone, on a host whose clocks and timers are the simulator's. */
export class Process implements Caller {
  readonly name: string;
  status: "running" | "paused" | "dead" = "running";
  /** How far the host's clock is ahead of the world's, in milliseconds. */
  clockOffset = 0;
  /** The time at which it last went on after a pause. */
  resumedAt = Number.NEGATIVE_INFINITY;
  /** How far its reads lag behind, in milliseconds. */
  lag = 0;
  /** Counts what the library told of failures of the store. */
  storeErrors = 0;
  /** Sessions of which an ended token came back. */
  readonly reused: string[] = [];
  readonly sessions: Sessions<Data>;
  /** The store has told it the time. Until it has, the host's clock is in force, which some world set wrong. */
  #knowsTime = false;
  readonly #fates: PendingFate[] = [];
  readonly #world: World;

  constructor(world: World, { name, options, hasStoreTime }: ProcessOptions, generation: number) {
    this.name = name;
    this.#world = world;
    const random = world.random(`host of ${name} ${generation}`);
    const { createSessions } = world.engine.load(hostOf(world, this, random));
    const store = storeFor(world, new Network(world, this), () => this.lag, hasStoreTime);
    this.sessions = createSessions<Data>({ ...options, store, observer: (event) => this.#observe(event) });
  }

  pause(): void {
    if (this.status === "running") this.status = "paused";
  }

  resume(): void {
    if (this.status !== "paused") return;
    this.status = "running";
    this.resumedAt = this.#world.now;
  }

  /** Decides what becomes of a call to come. */
  addFate({ operation, fate, skip }: PendingFate): void {
    this.#fates.push({ operation, fate, skip });
  }

  takeFate(operation: string): Fate | undefined {
    if (operation === "time" && !this.#knowsTime) {
      this.#knowsTime = true;
      return undefined;
    }
    for (const [index, one] of this.#fates.entries()) {
      if (one.operation !== undefined && one.operation !== operation) continue;
      if (one.skip === 0) return this.#fates.splice(index, 1)[0]?.fate;
      one.skip--;
    }
    return undefined;
  }

  clearFates(): void {
    this.#fates.length = 0;
  }

  #observe(event: SessionEvent): void {
    if (event.type === "store-error") this.storeErrors++;
    if (event.type === "reuse") this.reused.push(event.id);
  }
}

function hostOf(world: World, process: Process, random: Random): Host {
  const { scheduler } = world;
  const born = scheduler.now;
  return {
    wallClock: () => Math.floor(genesis + scheduler.now + process.clockOffset),
    monotonic: () => scheduler.now - born,
    startTimer: (milliseconds, run) => ({ stop: scheduler.after(milliseconds, run, process) }),
    random: () => random.next(),
  };
}
