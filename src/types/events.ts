import type { SessionErrorCode } from "./errors.ts";
import type { SealRejectReason, StoreWarningCode } from "./store.ts";

/** Why a token from a request was rejected. */
export type RejectReason =
  | SealRejectReason
  | "unknown"
  | "wrong-secret"
  | "superseded"
  | "grace-ended"
  | "idle"
  | "absolute"
  | "corrupt"
  | "unsupported-format"
  | "schema"
  | "user-limit"
  | "duplicate";

/** Describes something that happened, for an `observer`. Holds ids only: never a token, a secret or session data. */
export type SessionEvent = { readonly name: string } & (
  | { readonly type: "opened"; readonly id: string; readonly userId: string | undefined }
  | { readonly type: "created"; readonly id: string }
  /** `attempts`: the number of compare-and-set rounds that the commit took. */
  | { readonly type: "committed"; readonly id: string; readonly attempts: number }
  | { readonly type: "touched"; readonly id: string }
  /** The session has a new secret, because of `login()`, `regenerate()` or `rotateAfter` (`schedule`). */
  | { readonly type: "rotated"; readonly id: string; readonly by: "login" | "regenerate" | "schedule" }
  | { readonly type: "login"; readonly id: string; readonly userId: string }
  | { readonly type: "destroyed"; readonly id: string }
  /** `anomaly`: the client that owns the session already has a newer secret, so this one may have been stolen. */
  | {
      readonly type: "refused";
      readonly reason: RejectReason;
      readonly id: string | undefined;
      readonly anomaly: boolean;
      /** The other library whose cookie it was (`legacy`). Absent: a token of this manager. */
      readonly source?: string;
    }
  /** A session of another library was taken over (`legacy`). */
  | {
      readonly type: "imported";
      readonly id: string;
      readonly userId: string | undefined;
      readonly source: string;
    }
  /**
   * A token came back at `usedAt` although it had been replaced, and had ended at `endedAt`: a copy of it is in other
   * hands. With `onReuse: "end"` the session ends.
   */
  | {
      readonly type: "reuse";
      readonly id: string;
      readonly userId: string | undefined;
      readonly endedAt: Date;
      readonly usedAt: Date;
    }
  | { readonly type: "conflict"; readonly id: string; readonly attempt: number }
  | { readonly type: "store-error"; readonly operation: string; readonly error: unknown }
  /** A live session was deleted because the memory store was full, or because of `maxSessionsPerUser`. */
  | { readonly type: "evicted"; readonly id: string; readonly by: "store" | "user-limit" }
  | { readonly type: "pruned"; readonly count: number }
  | { readonly type: "warning"; readonly code: WarningCode; readonly message: string }
);

/** Identifies a warning. See docs/events.md for their causes and cures. */
export type WarningCode =
  | "DEFAULT_STORE"
  | "TOKEN_NOT_DELIVERED"
  | "NOT_ATOMIC"
  | "LATE_READ"
  | "INSECURE_COOKIE"
  | "OTHER_COOKIE_NAME"
  | "SESSION_LEFT_BEHIND"
  | "EVENT_LOOP_BLOCKED"
  | "LEGACY_NOT_ENDED"
  | "LEGACY_LIFETIME"
  | StoreWarningCode
  | SessionErrorCode;

/** Receives every event. Exceptions and return values are ignored, including rejected promises. */
export type Observer = (event: SessionEvent) => unknown;
