import { isBusy } from "./errors.ts";
import { FileWatch } from "./file-identity.ts";
import type { SqliteDatabase, SqliteStatement } from "./handle.ts";
import { busyTimeout, withoutWaiting } from "./settings.ts";

type Prepare = (sql: string) => SqliteStatement;

/** A connection to a database. It never waits: while another connection holds the lock it throws, and may be retried. */
export interface SqliteConnection {
  /** The name of the file, for error messages. */
  readonly file: string;
  /** Runs work on the database after preparing the table. `prepare` prepares each statement once. */
  use<T>(isWrite: boolean, work: (database: SqliteDatabase, prepare: Prepare) => T): T;
  close(): void;
}

/** An open handle, with its prepared statements. */
interface Handle {
  readonly database: SqliteDatabase;
  readonly prepared: Map<string, SqliteStatement>;
  /** Set once the table is ready. */
  watch?: FileWatch;
}

/**
 * Creates a connection to a file that the store opens: at the first use, again after a failure of `makeReady`, and again
 * after the file was removed or replaced.
 *
 * @param makeReady prepares the table; an error closes the file
 */
export function ownConnection(
  path: string,
  open: () => SqliteDatabase,
  makeReady: (database: SqliteDatabase) => void,
): SqliteConnection {
  const watched = path === ":memory:" ? "" : path;
  let handle: Handle | undefined;
  const close = (): void => {
    const last = handle;
    handle = undefined;
    last?.prepared.clear();
    last?.database.close();
  };
  const ready = (isWrite: boolean): Handle => {
    handle ??= { database: open(), prepared: new Map() };
    try {
      if (handle.watch) handle.watch.check(isWrite);
      else {
        makeReady(handle.database);
        handle.watch = new FileWatch(watched, "The next use opens it again, or creates it.");
      }
    } catch (error) {
      // Also after a lock: a statement that it stopped would stay open in libsql, and keep the next attempt from using WAL.
      if (!handle.watch || !isBusy(error)) close();
      throw error;
    }
    return handle;
  };
  return {
    file: path,
    use: (isWrite, work) => workOn(ready(isWrite), work),
    close,
  };
}

/** Creates a connection over the application's handle, which keeps its settings and stays open. */
export function givenConnection(
  database: SqliteDatabase,
  makeReady: (database: SqliteDatabase) => void,
): SqliteConnection {
  const handle: Handle = { database, prepared: new Map() };
  let timeoutMs: number | undefined;
  let file = "the database";
  return {
    get file() {
      return file;
    },
    use(isWrite, work) {
      timeoutMs ??= busyTimeout(database);
      return withoutWaiting(database, timeoutMs, () => {
        if (handle.watch) handle.watch.check(isWrite);
        else {
          makeReady(database);
          const path = mainFile(database);
          if (path !== "") file = path;
          handle.watch = new FileWatch(path, "Open it again: restart the application.");
        }
        return workOn(handle, work);
      });
    },
    close: () => handle.prepared.clear(),
  };
}

function workOn<T>({ database, prepared }: Handle, work: (database: SqliteDatabase, prepare: Prepare) => T): T {
  return work(database, (sql) => {
    const known = prepared.get(sql);
    if (known) return known;
    const statement = database.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  });
}

/** Returns the absolute path of a handle's file; empty for a database in memory. */
function mainFile(database: SqliteDatabase): string {
  const rows = database.prepare("PRAGMA database_list").all() as { readonly name: unknown; readonly file: unknown }[];
  return String(rows.find(({ name }) => name === "main")?.file ?? "");
}
