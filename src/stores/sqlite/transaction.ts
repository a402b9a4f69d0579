import type { SqliteDatabase } from "./handle.ts";

/**
 * Takes the write lock before the work. In some drivers a prepared statement that finds the lock held stays active, and
 * all later reads of the connection see the database as it was then; a failed `exec` leaves nothing active.
 */
export function inTransaction<T>(database: SqliteDatabase, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

function rollBack(database: SqliteDatabase): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // SQLite has already rolled back, for example because the disk is full.
  }
}
