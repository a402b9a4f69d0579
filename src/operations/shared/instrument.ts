import type { Observer } from "../../types/events.ts";
import type { SessionStore } from "../../types/store.ts";

/** Has one side for a manager's events and one for its store. Each works without the other. */
export interface Instrument {
  /** Give it to `sessions.observe()`, of any number of managers. */
  readonly observer: Observer;
  /**
   * Returns the same store, watched.
   *
   * @throws SessionError INVALID_OPTION
   */
  store(store: SessionStore): SessionStore;
}
