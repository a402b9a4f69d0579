import { isBusy } from "./errors.ts";
import { FileWatch } from "./file-identity.ts";
import type { SqliteDatabase, SqliteStatement } from "./handle.ts";
import { busyTimeout, withoutWaiting } from "./settings.ts";

type Prepare = (sql: string) => SqliteStatement;

/** The way to a database. Nothing of it waits: where a lock is held, it throws, and may be tried again. */
export interface SqliteConnection {
  /** For messages. */
  readonly file: string;
  /** Runs work on the database, whose table is ready, with each statement prepared once. */
  use<T>(isWrite: boolean, work: (database: SqliteDatabase, prepare: Prepare) => T): T;
  close(): void;
}

/** A handle, from when it is opened until it is of no more use. */
interface Handle {
  readonly database: SqliteDatabase;
  readonly prepared: Map<string, SqliteStatement>;
  /** Once the table is ready. */
  watch?: FileWatch;
}

/**
 * A file of our own: opened at the first use, and again after it could not be made ready, or turned out to be removed or replaced.
 *
 * @param makeReady what it throws besides a lock closes the file
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
        handle.watch = new FileWatch(watched, "It is opened again, or made, at the next use.");
      }
    } catch (error) {
      if (!isBusy(error)) close();
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

/** A handle of the application's, which keeps its settings and stays open. */
export function givenConnection(
  database: SqliteDatabase,
  makeReady: (database: SqliteDatabase) => void,
): SqliteConnection {
  const handle: Handle = { database, prepared: new Map() };
  let patience: number | undefined;
  let file = "the database";
  return {
    get file() {
      return file;
    },
    use(isWrite, work) {
      patience ??= busyTimeout(database);
      return withoutWaiting(database, patience, () => {
        if (handle.watch) handle.watch.check(isWrite);
        else {
          makeReady(database);
          const path = mainFile(database);
          if (path !== "") file = path;
          handle.watch = new FileWatch(path, "Open it again, and start the application anew.");
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

/** The absolute path of a handle's file; empty for a database in memory. */
function mainFile(database: SqliteDatabase): string {
  const rows = database.prepare("PRAGMA database_list").all() as { readonly name: unknown; readonly file: unknown }[];
  return String(rows.find(({ name }) => name === "main")?.file ?? "");
}
