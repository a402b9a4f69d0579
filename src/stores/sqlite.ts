import { invalidOption, SessionError } from "../core/errors.ts";
import type { SessionStore } from "../core/store.ts";
import { reason } from "./_client-error.ts";
import { type SqlClient, sqlStore } from "./_sql.ts";
import { placeOf } from "./_sql-options.ts";
import { type SqliteDatabase, sqliteClient } from "./_sqlite-database.ts";
import { openFile } from "./_sqlite-open.ts";
import { prepareTable, sqliteDialect } from "./_sqlite-schema.ts";
import { applySettings, useWal } from "./_sqlite-settings.ts";

export type { SqliteDatabase, SqliteStatement } from "./_sqlite-database.ts";

export interface SqliteStoreOptions {
  /**
   * The database file. It and its directory are made when missing, for the eyes of this user only. SQLite needs a local
   * disk: on a network file system its locks do not hold.
   */
  readonly path?: string | undefined;
  /**
   * An open handle of node:sqlite, bun:sqlite, better-sqlite3 or libsql instead. It keeps its settings (best are
   * `journal_mode = WAL`, `synchronous = FULL` and a `busy_timeout`), and stays open when the store is closed. A
   * transaction that is open on it while a request waits would hold the sessions' changes too.
   */
  readonly database?: SqliteDatabase | undefined;
  /** @default "coatcheck_sessions" */
  readonly table?: string | undefined;
  /** False: the table must exist; `storeSchema("sqlite")` tells how to make it. @default true */
  readonly createTable?: boolean | undefined;
}

/**
 * Keeps sessions in a SQLite file: for all processes of one host, through restarts and crashes. Uses the driver that the
 * runtime brings, else the package better-sqlite3 or libsql.
 *
 * @example
 * const sessions = createSessions({ store: sqliteStore({ path: "data/sessions.db" }) });
 */
export function sqliteStore(options: SqliteStoreOptions): SessionStore {
  const { path, database } = options;
  const { name, create } = placeOf({ table: options.table, createTable: options.createTable });
  if ((path === undefined) === (database === undefined)) {
    throw invalidOption('sqliteStore needs one of "path" (a file) and "database" (an open handle).');
  }
  if (path !== undefined && (typeof path !== "string" || path === "")) {
    throw invalidOption('path must be the name of a file, for instance "data/sessions.db".');
  }
  if (database !== undefined && !isDatabase(database)) throw foreignHandle();

  const openOwn = async (file: string): Promise<SqlClient> => {
    const own = await openFile(file);
    try {
      applySettings(own);
      prepareTable(own, name.table, create);
      await useWal(own);
    } catch (error) {
      own.close();
      throw unusable(name.table, error);
    }
    return sqliteClient(own, () => own.close());
  };

  const useGiven = (given: SqliteDatabase): SqlClient => {
    try {
      if (!Array.isArray(given.prepare("SELECT 1").all())) throw foreignHandle();
      prepareTable(given, name.table, create);
    } catch (error) {
      throw unusable(name.table, error);
    }
    return sqliteClient(given, () => {});
  };

  return sqlStore({
    name: "sqlite",
    dialect: sqliteDialect,
    table: name,
    connect: async () => (database ? useGiven(database) : openOwn(path as string)),
  });
}

const isDatabase = ({ exec, prepare }: SqliteDatabase): boolean =>
  typeof exec === "function" && typeof prepare === "function";

const foreignHandle = (): SessionError =>
  invalidOption(
    "database must be a handle that answers at once: DatabaseSync of node:sqlite, or Database of bun:sqlite, better-sqlite3 or libsql.",
  );

function unusable(table: string, cause: unknown): SessionError {
  if (SessionError.is(cause)) return cause;
  return new SessionError(
    "STORE_UNAVAILABLE",
    `SQLite could not get the session table "${table}" ready. Is this an undamaged database, is SQLite 3.37 or newer, and may this process write there? It says: ${reason(cause)}`,
    { cause },
  );
}
