import { SessionError } from "../../types/errors.ts";
import { reason } from "../shared/client-error.ts";
import { refused } from "../sql/errors.ts";

export const database = "SQLite";

const BUSY = 5;
const LOCKED = 6;
const IOERR = 10;
const FULL = 13;

export const isBusy = (error: unknown): boolean =>
  hasCode(error, BUSY, "SQLITE_BUSY") || hasCode(error, LOCKED, "SQLITE_LOCKED");

export const isFull = (error: unknown): boolean => hasCode(error, FULL, "SQLITE_FULL");

/**
 * Converts the error of a write. SQLite rolls back a statement that fails, except that a commit during which the disk
 * failed may turn out to be complete after a crash: only that write is ambiguous.
 */
export function writeFailure(file: string, error: unknown): unknown {
  if (isFull(error)) return diskFull(file, error);
  return hasCode(error, IOERR, "SQLITE_IOERR") ? error : refused(database, error);
}

/** Drivers report the error number under different names; better-sqlite3 reports only the error's name. */
function hasCode(error: unknown, wanted: number, name: string): boolean {
  const { errcode, rawCode, errno, code } = Object(error) as Record<string, unknown>;
  const number = errcode ?? rawCode ?? errno;
  return typeof number === "number" ? (number & 0xff) === wanted : String(code).startsWith(name);
}

const unavailable = (message: string, cause?: unknown): SessionError =>
  new SessionError("STORE_UNAVAILABLE", message, { cause });

/** Creates the error for an operation that waited too long for a lock. */
export function lockedOut(file: string, what: "read" | "write", waited: number, cause: unknown): SessionError {
  return unavailable(
    `Another process, or another connection of this one, holds the ${what} lock on ${file} and did not release it within ${Math.round(waited)} ms, so nothing was ${what === "read" ? "read" : "written"}. Look for a transaction that stays open: a backup, a migration, a shell after BEGIN.${cause === undefined ? "" : ` SQLite says: ${reason(cause)}`}`,
    cause,
  );
}

function diskFull(file: string, cause: unknown): SessionError {
  return unavailable(
    `The disk is full, or ${file} has reached its size limit, and nothing was written. Free space there; stored sessions can still be read. SQLite says: ${reason(cause)}`,
    cause,
  );
}

/** Creates the error for an open file that was removed or replaced. */
export function fileMoved(file: string, isThere: boolean, whatNext: string): SessionError {
  const what = isThere ? "replaced by another one" : "removed";
  return unavailable(
    `The SQLite file ${file} was ${what} while this process had it open, so its sessions are gone, and nothing was written. ${whatNext}`,
  );
}

export const closed = (): SessionError => unavailable("The sqlite store is closed. Nothing was written.");
