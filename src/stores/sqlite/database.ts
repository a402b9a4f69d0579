import type { StoreCall } from "../../types/store.ts";
import { refused } from "../sql/errors.ts";
import type { SqlClient } from "../sql/store.ts";
import type { SqliteConnection } from "./connection.ts";
import { closed, isBusy, isFull, lockedOut, database as name, writeFailure } from "./errors.ts";
import type { SqliteDatabase } from "./handle.ts";
import { LockQueue } from "./lock-queue.ts";

/** A connection as the SQL store wants it: it waits for locks from the event loop, and its errors say what was written. */
export function sqliteClient(connection: SqliteConnection): SqlClient {
  // Apart, because readers need not wait for whom writers wait for.
  const reads = new LockQueue();
  const writes = new LockQueue();

  const doIn = <T>(queue: LockQueue, what: "read" | "write", work: () => T, call: StoreCall | undefined) =>
    queue.run(
      () => {
        try {
          return work();
        } catch (error) {
          if (isBusy(error)) throw error;
          throw what === "write" ? writeFailure(connection.file, error) : refused(name, error);
        }
      },
      (waited, cause) => lockedOut(connection.file, what, waited, cause),
      call,
    );

  return {
    run: (sql, values, call) =>
      doIn(
        writes,
        "write",
        () =>
          connection.use(true, (database, prepare) => {
            const change = (): number => inTransaction(database, () => Number(prepare(sql).run(...values).changes));
            try {
              return change();
            } catch (error) {
              if (!isFull(error)) throw error;
              makeRoom(database);
              return change();
            }
          }),
        call,
      ),
    all: (sql, values, call) =>
      doIn(
        reads,
        "read",
        () =>
          connection.use(false, (_, prepare) =>
            prepare(sql)
              .all(...values)
              .map((row) => Object.values(row as object)),
          ),
        call,
      ),
    // Not behind those who wait to write: mostly there is nothing to do.
    setup: (call) => doIn(reads, "write", () => connection.use(true, () => undefined), call),
    close() {
      for (const queue of [reads, writes]) queue.close(closed());
      connection.close();
    },
  };
}

/**
 * Takes the write lock before the statement runs. A prepared statement that met the lock itself would stay half done in some
 * drivers, and hold all later reads of the connection to what the database was then; `exec` leaves nothing behind.
 */
function inTransaction<T>(database: SqliteDatabase, work: () => T): T {
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
    // SQLite has rolled back by itself, as after a full disk.
  }
}

/** Brings the write-ahead log into the file, so that what follows overwrites the log and needs no room of its own. */
function makeRoom(database: SqliteDatabase): void {
  try {
    database.prepare("PRAGMA wal_checkpoint(RESTART)").all();
  } catch {
    // There is no room for that either.
  }
}
