import { SessionError } from "../../types/errors.ts";
import { reason } from "../shared/client-error.ts";

/** Creates the error for a statement that the database rejected or rolled back. */
export function refused(database: string, cause: unknown): SessionError {
  if (SessionError.is(cause)) return cause;
  const message = `${database} refused an operation of the session store, and nothing was written. It says: ${reason(cause)}`;
  return new SessionError("STORE_UNAVAILABLE", message, { cause });
}

/** Creates the error for a statement that was not sent, for lack of a connection. */
export function unsent(database: string, cause: unknown): SessionError {
  if (SessionError.is(cause)) return cause;
  const message = `The session store could get no connection to ${database}, and nothing was written. Is it running, and is the pool large enough? The client says: ${reason(cause)}`;
  return new SessionError("STORE_UNAVAILABLE", message, { cause });
}
