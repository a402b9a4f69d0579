import type { SqliteDatabase } from "./handle.ts";

/**
 * Applies the settings of a connection that the store opened. SQLite must not wait for a lock, because it would block the
 * process; a completed logout must survive a power failure. That readers and a writer do not block each other (WAL) is a
 * property of the file.
 */
export function applySettings(database: SqliteDatabase): void {
  setBusyTimeout(database, 0);
  database.exec("PRAGMA synchronous = FULL");
}

export function useWal(database: SqliteDatabase): void {
  database.prepare("PRAGMA journal_mode = WAL").all();
}

/** Runs work on the application's handle without waiting for a lock, then restores the handle's own time-out. */
export function withoutWaiting<T>(database: SqliteDatabase, timeoutMs: number, work: () => T): T {
  if (timeoutMs === 0) return work();
  setBusyTimeout(database, 0);
  try {
    return work();
  } finally {
    setBusyTimeout(database, timeoutMs);
  }
}

/** Returns how long SQLite waits inside a call, in milliseconds. */
export function busyTimeout(database: SqliteDatabase): number {
  return Number(Object.values(database.prepare("PRAGMA busy_timeout").all()[0] ?? {})[0] ?? 0);
}

function setBusyTimeout(database: SqliteDatabase, milliseconds: number): void {
  database.exec(`PRAGMA busy_timeout = ${milliseconds}`);
}
