import { SessionError } from "../core/errors.ts";

/** The database carried out nothing of a statement. */
export function refused(database: string, cause: unknown): SessionError {
  if (cause instanceof SessionError) return cause;
  const message = `${database} refused an operation of the session store, and nothing was written. It says: ${reason(cause)}`;
  return new SessionError("STORE_UNAVAILABLE", message, { cause });
}

/** There was no connection to send a statement on. */
export function unsent(database: string, cause: unknown): SessionError {
  if (cause instanceof SessionError) return cause;
  const message = `The session store could get no connection to ${database}, and nothing was written. Is it running, and is the pool large enough? The client says: ${reason(cause)}`;
  return new SessionError("STORE_UNAVAILABLE", message, { cause });
}

/** Errors of several addresses that were all tried have no message of their own. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || String(codeOf(error) ?? error.name);
}

export const codeOf = (error: unknown): unknown => Object(error).code;
