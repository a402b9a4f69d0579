import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { invalidOption, SessionError } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";
import { reason } from "../shared/client-error.ts";
import { storeWarnings } from "../shared/warnings.ts";
import type { SqlClient } from "../sql/client.ts";
import { tableLocation } from "../sql/options.ts";
import { sqlStore } from "../sql/store.ts";
import { givenConnection, ownConnection, type SqliteConnection } from "./connection.ts";
import { sqliteClient } from "./database.ts";
import { isBusy } from "./errors.ts";
import type { SqliteDatabase } from "./handle.ts";
import { fileName, findDriver, openFile } from "./open.ts";
import { prepareTable, sqliteDialect } from "./schema.ts";
import { applySettings, useWal } from "./settings.ts";
import { slicedOperations } from "./slices.ts";

export type { SqliteDatabase, SqliteStatement } from "./handle.ts";

/** Options of `sqliteStore()`. */
export interface SqliteStoreOptions {
  /**
   * The database file. It and its directory are created if missing, readable only by this user (0600 and 0700). SQLite
   * needs a local disk: on a network file system its locks do not work.
   */
  readonly path?: string | undefined;
  /**
   * Instead of `path`: an open handle of node:sqlite, bun:sqlite, better-sqlite3 or libsql. It keeps its settings (best are
   * `journal_mode = WAL` and `synchronous = FULL`), and stays open when the store is closed. Do not await inside a
   * transaction on it: changes of sessions would become part of that transaction.
   */
  readonly database?: SqliteDatabase | undefined;
  /** @default "coatcheck_sessions" */
  readonly table?: string | undefined;
  /** False: the table must exist; `storeSchema("sqlite")` returns its statements. @default true */
  readonly createTable?: boolean | undefined;
}

const known: Known<SqliteStoreOptions> = { path: true, database: true, table: true, createTable: true };

/**
 * Keeps sessions in a SQLite file: for all processes of one host, through restarts and crashes. Uses the
 * runtime's own driver, else the package better-sqlite3 or libsql.
 *
 * @example
 * const sessions = createSessions({ store: sqliteStore({ path: "data/sessions.db" }) });
 */
export function sqliteStore(options: SqliteStoreOptions): SessionStore {
  checkKeys(options, known, "sqliteStore()");
  const { path, database } = options;
  const { name, create } = tableLocation({ table: options.table, createTable: options.createTable });
  if ((path === undefined) === (database === undefined)) {
    throw invalidOption('sqliteStore needs one of "path" (a file) and "database" (an open handle).');
  }
  if (path !== undefined && (typeof path !== "string" || path === "")) {
    throw invalidOption('path must be the path of a file, for instance "data/sessions.db".');
  }
  if (database !== undefined && !isDatabase(database)) throw foreignHandle();

  const warnings = storeWarnings();
  const makeReady = (handle: SqliteDatabase, settle: () => void): void => {
    try {
      settle();
      prepareTable(handle, name.table, create, warnings);
      if (handle !== database) useWal(handle);
    } catch (error) {
      throw isBusy(error) ? error : setupError(name.table, error);
    }
  };
  const checkGiven = (given: SqliteDatabase): void => {
    if (!Array.isArray(given.prepare("SELECT 1").all())) throw foreignHandle();
  };
  const connect = async (): Promise<SqliteConnection> => {
    if (database) return givenConnection(database, () => makeReady(database, () => checkGiven(database)));
    const file = fileName(path as string);
    const Driver = await findDriver();
    return ownConnection(
      file,
      () => openFile(Driver, file),
      (own) => makeReady(own, () => applySettings(own)),
    );
  };

  let client: SqlClient | undefined;
  const store = sqlStore({
    name: "sqlite",
    dialect: sqliteDialect,
    table: name,
    warnings,
    connect: async () => {
      client = sqliteClient(await connect());
      return client;
    },
  });
  return {
    ...store,
    ...slicedOperations(name, async (call) => {
      await store.setup?.(call);
      return client as SqlClient;
    }),
  };
}

const isDatabase = ({ exec, prepare }: SqliteDatabase): boolean =>
  typeof exec === "function" && typeof prepare === "function";

const foreignHandle = (): SessionError =>
  invalidOption(
    "database must be a handle that answers at once: DatabaseSync of node:sqlite, or Database of bun:sqlite, better-sqlite3 or libsql.",
  );

function setupError(table: string, cause: unknown): SessionError {
  if (SessionError.is(cause)) return cause;
  return new SessionError(
    "STORE_UNAVAILABLE",
    `SQLite could not prepare the session table "${table}". Is the database undamaged, is SQLite 3.37 or newer, and may this process write there? It says: ${reason(cause)}`,
    { cause },
  );
}
