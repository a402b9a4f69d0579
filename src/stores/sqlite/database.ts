import type { StoreCall } from "../../types/store.ts";
import type { SqlClient } from "../sql/client.ts";
import { refused } from "../sql/errors.ts";
import type { SqliteConnection } from "./connection.ts";
import { closed, isBusy, isFull, lockedOut, database as name, writeFailure } from "./errors.ts";
import type { SqliteDatabase } from "./handle.ts";
import { LockQueue } from "./lock-queue.ts";
import { inTransaction } from "./transaction.ts";

/** Adapts a connection to the SQL store: waits for locks without blocking the process, and converts errors. */
export function sqliteClient(connection: SqliteConnection): SqlClient {
  // Separate queues, because a reader need not wait for the lock that a writer waits for.
  const reads = new LockQueue();
  const writes = new LockQueue();

  const runIn = <T>(queue: LockQueue, what: "read" | "write", work: () => T, call: StoreCall | undefined) =>
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
      runIn(
        writes,
        "write",
        () =>
          connection.use(true, (database, prepare) => {
            const change = (): number => inTransaction(database, () => Number(prepare(sql).run(...values).changes));
            try {
              return change();
            } catch (error) {
              if (!isFull(error)) throw error;
              checkpoint(database);
              return change();
            }
          }),
        call,
      ),
    all: (sql, values, call) =>
      runIn(
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
    // Not behind waiting writers: usually the table exists and there is nothing to do.
    setup: (call) => runIn(reads, "write", () => connection.use(true, () => undefined), call),
    close() {
      for (const queue of [reads, writes]) queue.close(closed());
      connection.close();
    },
  };
}

/** Copies the write-ahead log into the file, so that the next write reuses the log's space. */
function checkpoint(database: SqliteDatabase): void {
  try {
    database.prepare("PRAGMA wal_checkpoint(RESTART)").all();
  } catch {
    // There is no space for a checkpoint either; the retry of the write reports the full disk.
  }
}
