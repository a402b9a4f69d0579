import type { Observer, SessionEvent, WarningCode } from "../../types/events.ts";
import { type Config, isolateObserver } from "../config/config.ts";
import { CallTimeouts } from "./call-timeouts.ts";
import type { Clock } from "./clock.ts";

// biome-ignore lint/suspicious/noExplicitAny: distributes over the union of events
type WithoutName<T> = T extends any ? Omit<T, "name"> : never;
export type EventBody = WithoutName<SessionEvent>;

/** What every part of one manager works with. */
export interface ManagerContext {
  readonly config: Config;
  readonly clock: Clock;
  readonly deadlines: CallTimeouts;
  /** Tells the observers. */
  emit(event: EventBody): void;
  /** Tells them of what stays so until somebody changes it. */
  warnOnce(code: WarningCode, message: string): void;
  /** Adds an observer, until what it returns is called. */
  observe(observer: Observer): () => void;
}

export function createManagerContext(config: Config, clock: Clock): ManagerContext {
  const observers = new Set([config.observer]);
  const warned = new Set<WarningCode>();
  const emit: ManagerContext["emit"] = (event) => {
    for (const observer of observers) observer({ name: config.name, ...event } as SessionEvent);
  };
  return {
    config,
    clock,
    deadlines: new CallTimeouts(),
    emit,
    warnOnce: (code, message) => {
      if (warned.has(code)) return;
      warned.add(code);
      emit({ type: "warning", code, message });
    },
    observe: (observer) => {
      const own = isolateObserver(observer);
      observers.add(own);
      return () => void observers.delete(own);
    },
  };
}
