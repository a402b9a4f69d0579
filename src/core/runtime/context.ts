import type { Observer, SessionEvent, WarningCode } from "../../types/events.ts";
import { type Config, isolateObserver } from "../config/config.ts";
import { KnownBodies } from "../record/known-bodies.ts";
import { CallTimeouts } from "./call-timeouts.ts";
import type { Clock } from "./clock.ts";

// biome-ignore lint/suspicious/noExplicitAny: distributes over the union of events
type WithoutName<T> = T extends any ? Omit<T, "name"> : never;
export type EventBody = WithoutName<SessionEvent>;

/** The configuration and services that all parts of one manager share. */
export interface ManagerContext {
  readonly config: Config;
  readonly clock: Clock;
  readonly timeouts: CallTimeouts;
  readonly bodies: KnownBodies;
  /** Is called before a session is deleted, by its id (`legacy`). False: there is none. */
  beforeEnd?: (id: string) => Promise<boolean>;
  /** Sends an event to all observers. */
  emit(event: EventBody): void;
  /** Sends a warning about a lasting condition, once for each code. */
  warnOnce(code: WarningCode, message: string): void;
  /** Adds an observer. Returns a function that removes it. */
  observe(observer: Observer): () => void;
}

export function createManagerContext(config: Config, clock: Clock): ManagerContext {
  const observers = new Set([config.observer]);
  const warned = new Set<WarningCode>();
  const emit: ManagerContext["emit"] = (event) => {
    for (const observer of observers) observer({ name: config.name, ...event } as SessionEvent);
  };
  const spared = (blocked: number): void =>
    emit({
      type: "warning",
      code: "EVENT_LOOP_BLOCKED",
      message: `This process was busy for ${Math.round(blocked)} ms while calls of the session store were pending. Find what blocks its event loop.`,
    });
  return {
    config,
    clock,
    timeouts: new CallTimeouts(spared),
    bodies: new KnownBodies(),
    emit,
    warnOnce: (code, message) => {
      if (warned.has(code)) return;
      warned.add(code);
      emit({ type: "warning", code, message });
    },
    observe: (observer) => {
      const isolated = isolateObserver(observer);
      observers.add(isolated);
      return () => void observers.delete(isolated);
    },
  };
}
