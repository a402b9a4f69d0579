import type { SqliteDatabase } from "./handle.ts";

/**
 * Settings of a connection of ours. SQLite must not wait for a lock, because nothing else of this process could run
 * meanwhile; a logout that was answered must outlive a power failure; readers and a writer must not wait for each other,
 * which is a property of the file.
 */
export function applySettings(database: SqliteDatabase): void {
  setBusyTimeout(database, 0);
  database.exec("PRAGMA synchronous = FULL");
}

export function useWal(database: SqliteDatabase): void {
  database.prepare("PRAGMA journal_mode = WAL").all();
}

/** Runs work on a handle of the application without waiting for a lock, and leaves its own setting as it was. */
export function withoutWaiting<T>(database: SqliteDatabase, own: number, work: () => T): T {
  if (own === 0) return work();
  setBusyTimeout(database, 0);
  try {
    return work();
  } finally {
    setBusyTimeout(database, own);
  }
}

/** Milliseconds that SQLite waits inside of a call. */
export function busyTimeout(database: SqliteDatabase): number {
  return Number(Object.values(database.prepare("PRAGMA busy_timeout").all()[0] ?? {})[0] ?? 0);
}

function setBusyTimeout(database: SqliteDatabase, milliseconds: number): void {
  database.exec(`PRAGMA busy_timeout = ${milliseconds}`);
}
