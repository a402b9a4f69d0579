import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import { Deadlines } from "./deadlines.ts";
import type { SessionEvent } from "./events.ts";

// biome-ignore lint/suspicious/noExplicitAny: distributes over the union of events
type WithoutName<T> = T extends any ? Omit<T, "name"> : never;
export type EventBody = WithoutName<SessionEvent>;

/** What every part of one manager works with. */
export interface Engine {
  readonly config: Config;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  /** Tells the observer. */
  emit(event: EventBody): void;
}

export function createEngine(config: Config, clock: Clock): Engine {
  return {
    config,
    clock,
    deadlines: new Deadlines(),
    emit: (event) => config.observer({ name: config.name, ...event } as SessionEvent),
  };
}
