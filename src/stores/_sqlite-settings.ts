import type { SqliteDatabase } from "./_sqlite-database.ts";
import { isBusy } from "./_sqlite-errors.ts";

const busyTimeout = 5_000;

/** Settings of a connection; they do not change the file. */
export function applySettings(database: SqliteDatabase): void {
  database.exec(`PRAGMA busy_timeout = ${busyTimeout}`);
  // A logout that was answered must outlive a power failure.
  database.exec("PRAGMA synchronous = FULL");
}

/** Readers and a writer do not wait for each other in this mode. It is a property of the file, set once. */
export async function useWal(database: SqliteDatabase): Promise<void> {
  const end = performance.now() + busyTimeout;
  for (;;) {
    try {
      database.prepare("PRAGMA journal_mode = WAL").all();
      return;
    } catch (error) {
      // SQLite does not apply the busy timeout here, and processes that start at once meet here.
      if (!isBusy(error) || performance.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 20));
  }
}
