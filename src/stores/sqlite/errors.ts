import { SessionError } from "../../types/errors.ts";
import { reason } from "../shared/client-error.ts";
import { refused } from "../sql/errors.ts";

export const database = "SQLite";

const BUSY = 5;
const LOCKED = 6;
const IOERR = 10;
const FULL = 13;

/** Another connection holds the lock that is needed. */
export const isBusy = (error: unknown): boolean =>
  hasCode(error, BUSY, "SQLITE_BUSY") || hasCode(error, LOCKED, "SQLITE_LOCKED");

export const isFull = (error: unknown): boolean => hasCode(error, FULL, "SQLITE_FULL");

/**
 * A failed write as the store tells it. SQLite rolls back whatever it could not complete, except that a commit whose disk
 * failed may be found complete after a crash: only that outcome stays open.
 */
export function writeFailure(file: string, error: unknown): unknown {
  if (isFull(error)) return diskFull(file, error);
  return hasCode(error, IOERR, "SQLITE_IOERR") ? error : refused(database, error);
}

/** Drivers give the number of an error under different names, and better-sqlite3 its name only. */
function hasCode(error: unknown, wanted: number, name: string): boolean {
  const { errcode, rawCode, errno, code } = Object(error) as Record<string, unknown>;
  const number = errcode ?? rawCode ?? errno;
  return typeof number === "number" ? (number & 0xff) === wanted : String(code).startsWith(name);
}

const unavailable = (message: string, cause?: unknown): SessionError =>
  new SessionError("STORE_UNAVAILABLE", message, { cause });

/** Somebody else held a lock for longer than this operation could wait. */
export function lockedOut(file: string, what: "read" | "write", waited: number, cause: unknown): SessionError {
  return unavailable(
    `Another process, or another connection of this one, holds the ${what} lock on ${file} and did not let go of it within ${Math.round(waited)} ms, so nothing was ${what === "read" ? "read" : "written"}. Look there for a transaction that stays open: a backup, a migration, a shell after BEGIN.${cause === undefined ? "" : ` SQLite says: ${reason(cause)}`}`,
    cause,
  );
}

function diskFull(file: string, cause: unknown): SessionError {
  return unavailable(
    `The disk is full, or ${file} may not grow any further, and nothing was written. Make room there; what is stored can still be read. SQLite says: ${reason(cause)}`,
    cause,
  );
}

/** The file that is open is no longer the one that has its name. */
export function moved(file: string, isThere: boolean, whatNext: string): SessionError {
  const what = isThere ? "replaced by another one" : "removed";
  return unavailable(
    `The SQLite file ${file} was ${what} while this process had it open, so its sessions are gone, and nothing was written. ${whatNext}`,
  );
}

export const closed = (): SessionError => unavailable("The sqlite store is closed. Nothing was written.");
