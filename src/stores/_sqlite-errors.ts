import { refused } from "./_sql-errors.ts";

export const database = "SQLite";

const BUSY = 5;
const IOERR = 10;

/** Another connection holds the lock that is needed. */
export const isBusy = (error: unknown): boolean => hasCode(error, BUSY, "SQLITE_BUSY");

/**
 * A failed write as the store tells it. SQLite rolls back whatever it could not complete, except that a commit whose disk
 * failed may be found complete after a crash: only that outcome stays open.
 */
export function writeFailure(error: unknown): unknown {
  return hasCode(error, IOERR, "SQLITE_IOERR") ? error : refused(database, error);
}

/** Drivers give the number of an error under different names, and better-sqlite3 its name only. */
function hasCode(error: unknown, wanted: number, name: string): boolean {
  const { errcode, rawCode, errno, code } = Object(error) as Record<string, unknown>;
  const number = errcode ?? rawCode ?? errno;
  return typeof number === "number" ? (number & 0xff) === wanted : String(code).startsWith(name);
}
