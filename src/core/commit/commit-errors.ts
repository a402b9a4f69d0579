import { SessionError } from "../../types/errors.ts";
import type { StoreFailure } from "../runtime/store-call.ts";

/**
 * The commitTimeout is over. `isDoubtful`: an attempt may have been written. `trouble`: it was the store that failed last, and
 * not others who were faster.
 */
export function late(isDoubtful: boolean, trouble: StoreFailure | undefined): SessionError {
  if (isDoubtful) return unknown(trouble?.error);
  const reason = trouble
    ? `the store failed until the commitTimeout was over. Its last error: ${trouble.error.message}`
    : "other requests kept changing it until the commitTimeout was over.";
  return new SessionError(
    "COMMIT_TIMEOUT",
    `The session was not stored: ${reason} Nothing of this request was written.`,
    trouble && { cause: trouble.error },
  );
}

export function unknown(cause: unknown): SessionError {
  return new SessionError(
    "COMMIT_UNKNOWN",
    "The session store stopped answering while the session was being stored, so it is not known whether the changes were written. Read the session again before repeating them.",
    { cause },
  );
}

export function busy(): SessionError {
  return new SessionError(
    "SESSION_BUSY",
    "1,000 changes of this session are waiting to be stored, so this one was refused. Nothing of it was written. Retry later, and look for what writes one session so often: many visitors may share one token.",
  );
}
