import { SessionError } from "./errors.ts";

export function gone(): SessionError {
  return new SessionError(
    "SESSION_GONE",
    "This session ended while the request ran (logout, login, revoked or expired), so its changes were not stored. The client has to start again with its current token.",
  );
}

/** The commitTimeout is over. `isDoubtful`: an attempt may have been written. */
export function late(isDoubtful: boolean): SessionError {
  if (isDoubtful) return unknown(undefined);
  return new SessionError(
    "COMMIT_TIMEOUT",
    "The session was not stored: other requests kept changing it until the commitTimeout was over. Nothing of this request was written.",
  );
}

export function unknown(cause: unknown): SessionError {
  return new SessionError(
    "COMMIT_UNKNOWN",
    "The session store stopped answering while the session was being stored, so it is not known whether the changes were written. Read the session again before repeating them.",
    { cause },
  );
}
