import type { StoreWarningCode } from "../../types/store.ts";

type WarningListener = (code: StoreWarningCode, message: string) => void;

/** Conditions that an operator should fix. Kept, because a store may be set up before the first manager listens. */
export interface StoreWarnings {
  /** Tells all listeners, once for each message. */
  warn(code: StoreWarningCode, message: string): void;
  /** Tells a listener everything, also what was found before. */
  onWarning(listener: WarningListener): void;
}

export function storeWarnings(): StoreWarnings {
  const found = new Map<string, StoreWarningCode>();
  const listeners: WarningListener[] = [];
  return {
    warn(code, message) {
      if (found.has(message)) return;
      found.set(message, code);
      for (const listener of listeners) listener(code, message);
    },
    onWarning(listener) {
      listeners.push(listener);
      for (const [message, code] of found) listener(code, message);
    },
  };
}
