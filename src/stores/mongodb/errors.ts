import { SessionError } from "../../types/errors.ts";
import { reason } from "../shared/client-error.ts";
import type { MongodbDocument } from "./client.ts";

/**
 * Errors of a server that did not execute the command: it may not, cannot, or is not (or no longer) the primary. Errors of a
 * server that is shutting down are not included: a router reports its own shutdown while the shard continues.
 */
const refusals: ReadonlySet<unknown> = new Set(
  Object.values({
    Unauthorized: 13,
    AuthenticationFailed: 18,
    DocumentValidationFailure: 121,
    PrimarySteppedDown: 189,
    UserWritesBlocked: 371,
    AtlasError: 8_000,
    LegacyNotPrimary: 10_058,
    NotWritablePrimary: 10_107,
    DuplicateKey: 11_000,
    InterruptedDueToReplStateChange: 11_602,
    NotPrimaryNoSecondaryOk: 13_435,
    NotPrimaryOrSecondary: 13_436,
    OutOfDiskSpace: 14_031,
  }),
);

/** Errors of the driver for a command that it could not send. */
const unsent: ReadonlySet<unknown> = new Set([
  "MongoServerSelectionError",
  "MongoPoolClearedError",
  "MongoPoolClosedError",
  "MongoWaitQueueTimeoutError",
  "MongoNotConnectedError",
  "MongoTopologyClosedError",
  "MongoServerClosedError",
  "MongoCompatibilityError",
]);

/** Labels of errors after which nothing was written: a failed handshake, an overloaded server, no writes performed. */
const unwritten: readonly string[] = ["HandshakeError", "SystemOverloadedError", "NoWritesPerformed"];

/** The error of a write that the server did not perform. */
export interface WriteError extends Error {
  readonly code: unknown;
  readonly keyPattern: unknown;
}

export const toError = ({ code, errmsg, keyPattern }: MongodbDocument): WriteError =>
  Object.assign(new Error(String(errmsg)), { code, keyPattern });

/** Returns whether the key already exists. The application's own unique indexes do not count. */
export const isDuplicate = ({ code, keyPattern }: WriteError): boolean =>
  code === 11000 && (keyPattern === undefined || Object.hasOwn(Object(keyPattern), "_id"));

/** Converts the error of a write: a `SessionError` where nothing can have been written, else the error itself. */
export function writeFailure(error: unknown): unknown {
  return isRefusal(error) ? refused(error) : error;
}

export function refused(cause: unknown): SessionError {
  if (SessionError.is(cause)) return cause;
  const message = `MongoDB did not carry out an operation of the session store, and nothing was written. It says: ${reason(cause)}`;
  return new SessionError("STORE_UNAVAILABLE", message, { cause });
}

function isRefusal(error: unknown): boolean {
  const { name, code, hasErrorLabel } = Object(error) as MongoErrorLike;
  // The write happened, and only its replication is uncertain.
  if (name === "MongoWriteConcernError") return false;
  if (refusals.has(code) || unsent.has(name)) return true;
  return typeof hasErrorLabel === "function" && unwritten.some((label) => hasErrorLabel.call(error, label));
}

interface MongoErrorLike {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly hasErrorLabel?: ((label: string) => boolean) | undefined;
}
