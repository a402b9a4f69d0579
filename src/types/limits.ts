/** A length of time, such as `"250ms"`, `"30s"`, `"15m"`, `"8h"`, `"30d"` or `"2w"`. Positive and finite. */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d" | "w"}`;

/**
 * Limits of one session. Both count from now, and neither reaches beyond the manager's absolute timeout. `"default"`
 * returns to the manager's own limit. A limit that is absent or `undefined` stays as it is.
 */
export interface SessionLimits {
  /** Ends the session after this long without a request. */
  readonly idle?: Duration | "default" | undefined;
  /** Ends the session after this long, even if it is in use. */
  readonly absolute?: Duration | "default" | undefined;
}
