import { SessionError } from "../../types/errors.ts";

/** Creates the error for an operation on a single connection on which the application has begun a transaction. */
export function inTransaction(database: string): SessionError {
  return new SessionError(
    "STORE_UNAVAILABLE",
    `The application has a transaction open on the connection to ${database} that it shares with the session store. A ROLLBACK would undo a sign-in or a sign-out, so the store does not use the connection until then. Nothing was written. Give the store a pool, or a connection of its own.`,
  );
}

/** The error for a statement that became part of a transaction: it may be committed or rolled back. */
export const joinedTransaction = (database: string): Error =>
  new Error(
    `A statement of the session store became part of a transaction that the application began on the same connection to ${database}, and ends with it. Give the store a pool, or a connection of its own.`,
  );

const leaked = new WeakSet<Error>();

/**
 * Creates the error for a connection that came back to its pool in the middle of a transaction. The store closes it, so
 * that the server rolls back, and tries another one.
 */
export function leakedTransaction(database: string): SessionError {
  const error = new SessionError(
    "STORE_UNAVAILABLE",
    `The pool gave the session store a connection to ${database} on which the application had left a transaction open. The store closed it, and nothing was written. End each transaction by COMMIT or ROLLBACK before you release its connection.`,
  );
  leaked.add(error);
  return error;
}

export const isLeakedTransaction = (error: unknown): boolean => leaked.has(Object(error));
