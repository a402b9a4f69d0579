import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { visible } from "../../core/language/visible.ts";
import type { Observer } from "../../types/events.ts";
import { explainEvent } from "./explain-event.ts";

/** Options of `debugObserver()`. */
export interface DebugOptions {
  /** Receives each line. @default console.log */
  readonly print?: ((line: string) => void) | undefined;
}

const known: Known<DebugOptions> = { print: true };

/**
 * Returns an observer that says in a sentence what happens to sessions, and once for each cause what to do about it. For
 * development: it prints ids and users.
 *
 * @example
 * if (process.env.NODE_ENV !== "production") sessions.observe(debugObserver());
 *
 * @throws SessionError INVALID_OPTION
 */
export function debugObserver(options: DebugOptions = {}): Observer {
  checkKeys(options, known, "debugObserver()");
  const { print = (line) => console.log(line) } = options;
  const cures = new Set<string>();
  return (event) => {
    const { text, cure } = explainEvent(event);
    print(visible(`${event.name}: ${text}`));
    if (cure === undefined || cures.has(cure)) return;
    cures.add(cure);
    print(visible(`${event.name}:   ${cure}`));
  };
}
