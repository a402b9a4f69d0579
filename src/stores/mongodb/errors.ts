import { SessionError } from "../../types/errors.ts";
import { reason } from "../shared/client-error.ts";
import type { MongodbDocument } from "./client.ts";

/**
 * Answers of a server that did not do it: it may not, cannot, or is not the primary (any more, and then it gave up before
 * the commit). Those of a server that shuts down are not among them: a router says so of itself, while its shard goes on.
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

/** What the driver throws when it had no connection to send the command on. */
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

/** Labels that say the same: the connection failed while it was made, the server turned the command away or wrote nothing. */
const unwritten: readonly string[] = ["HandshakeError", "SystemOverloadedError", "NoWritesPerformed"];

/** What a server says of one write that it did not do. */
export interface WriteError extends Error {
  readonly code: unknown;
  readonly keyPattern: unknown;
}

export const toError = ({ code, errmsg, keyPattern }: MongodbDocument): WriteError =>
  Object.assign(new Error(String(errmsg)), { code, keyPattern });

/** The key that is to be created exists. Unique indexes of the application's own do not count. */
export const isDuplicate = ({ code, keyPattern }: WriteError): boolean =>
  code === 11000 && (keyPattern === undefined || Object.hasOwn(Object(keyPattern), "_id"));

/** A failed write as the store tells it: a refusal where nothing can have been written, else as it came. */
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
  // The write was done, and only its replication is uncertain.
  if (name === "MongoWriteConcernError") return false;
  if (refusals.has(code) || unsent.has(name)) return true;
  return typeof hasErrorLabel === "function" && unwritten.some((label) => hasErrorLabel.call(error, label));
}

interface MongoErrorLike {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly hasErrorLabel?: ((label: string) => boolean) | undefined;
}
