import { SessionError } from "../../types/errors.ts";
import { reason } from "../shared/client-error.ts";
import { refused } from "../sql/errors.ts";

export const database = "SQLite";

/** What SQLite calls an error: by number, by name and in words. */
interface SqliteError {
  readonly number: number;
  readonly name: string;
  readonly message: string;
}

const busy: SqliteError = { number: 5, name: "SQLITE_BUSY", message: "database is locked" };
const locked: SqliteError = { number: 6, name: "SQLITE_LOCKED", message: "database table is locked" };
const ioError: SqliteError = { number: 10, name: "SQLITE_IOERR", message: "disk I/O error" };
const full: SqliteError = { number: 13, name: "SQLITE_FULL", message: "database or disk is full" };

export const isBusy = (error: unknown): boolean => is(error, busy) || is(error, locked);

export const isFull = (error: unknown): boolean => is(error, full);

/**
 * Converts the error of a write. SQLite rolls back a statement that fails, except that a commit during which the disk
 * failed may turn out to be complete after a crash: only that write is ambiguous.
 */
export function writeFailure(file: string, error: unknown): unknown {
  if (isFull(error)) return diskFull(file, error);
  return is(error, ioError) ? error : refused(database, error);
}

/** Drivers report the number under different names, better-sqlite3 only the name, and Deno only the words. */
function is(error: unknown, wanted: SqliteError): boolean {
  const { errcode, rawCode, errno, code, message } = Object(error) as Record<string, unknown>;
  const number = errcode ?? rawCode ?? errno;
  if (typeof number === "number") return (number & 0xff) === wanted.number;
  return String(code).startsWith(wanted.name) || (code === "ERR_SQLITE_ERROR" && message === wanted.message);
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
