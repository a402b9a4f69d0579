import type { Duration } from "../types/limits.ts";

/** The two limits of `createSessions()`. */
export interface Lifetimes {
  readonly idleTimeout: Duration | false;
  readonly absoluteTimeout: Duration;
}

/**
 * Lists the limits of NIST SP 800-63B-4 (section 5.2) for each level of authentication: one factor, two factors, and
 * two factors with a key that cannot be copied.
 *
 * @example
 * const sessions = createSessions({ ...lifetimes.aal2, store });
 */
export const lifetimes: { readonly aal1: Lifetimes; readonly aal2: Lifetimes; readonly aal3: Lifetimes } = {
  aal1: { idleTimeout: false, absoluteTimeout: "30d" },
  aal2: { idleTimeout: "1h", absoluteTimeout: "24h" },
  aal3: { idleTimeout: "15m", absoluteTimeout: "12h" },
};
