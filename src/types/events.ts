import type { SessionErrorCode } from "./errors.ts";
import type { SealRejectReason } from "./store.ts";

/** Why a presented token opened nothing. */
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
  | "duplicate";

/** What happened, told to the `observer`. Ids only: never a token, a secret or a value of the session. */
export type SessionEvent = { readonly name: string } & (
  | { readonly type: "opened"; readonly id: string; readonly userId: string | undefined }
  | { readonly type: "created"; readonly id: string }
  /** `attempts`: compare-and-set rounds that the commit took. */
  | { readonly type: "committed"; readonly id: string; readonly attempts: number }
  | { readonly type: "touched"; readonly id: string }
  /** A new secret: by `login()`, by `regenerate()` or by `rotateAfter`. */
  | { readonly type: "rotated"; readonly id: string; readonly by: "login" | "regenerate" | "schedule" }
  | { readonly type: "login"; readonly id: string; readonly userId: string }
  | { readonly type: "destroyed"; readonly id: string }
  /** `anomaly`: a secret was used that its rightful owner no longer has; it may have been stolen. */
  | {
      readonly type: "refused";
      readonly reason: RejectReason;
      readonly id: string | undefined;
      readonly anomaly: boolean;
    }
  | { readonly type: "conflict"; readonly id: string; readonly attempt: number }
  | { readonly type: "store-error"; readonly operation: string; readonly error: unknown }
  /** Removed to make room: the memory store's cap, or `maxSessionsPerUser`. */
  | { readonly type: "evicted"; readonly id: string; readonly by: "store" | "user-limit" }
  | { readonly type: "pruned"; readonly count: number }
  | { readonly type: "warning"; readonly code: WarningCode; readonly message: string }
);

export type WarningCode =
  | "DEFAULT_STORE"
  | "TOKEN_NOT_DELIVERED"
  | "NOT_ATOMIC"
  | "LATE_READ"
  | "SESSION_LEFT_BEHIND"
  | SessionErrorCode;

/** Receives every event. What it throws or returns changes nothing. */
export type Observer = (event: SessionEvent) => unknown;
