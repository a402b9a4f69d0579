import { invalidOption, SessionError } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";
import { reason } from "../shared/client-error.ts";
import { placeOf } from "../sql/options.ts";
import { type SqlClient, sqlStore } from "../sql/store.ts";
import { givenConnection, ownConnection, type SqliteConnection } from "./connection.ts";
import { sqliteClient } from "./database.ts";
import { isBusy } from "./errors.ts";
import type { SqliteDatabase } from "./handle.ts";
import { fileName, findDriver, openFile } from "./open.ts";
import { prepareTable, sqliteDialect } from "./schema.ts";
import { applySettings, useWal } from "./settings.ts";
import { wholeInTurns } from "./slices.ts";

export type { SqliteDatabase, SqliteStatement } from "./handle.ts";

export interface SqliteStoreOptions {
  /**
   * The database file. It and its directory are made when missing, for the eyes of this user only. SQLite needs a local
   * disk: on a network file system its locks do not hold.
   */
  readonly path?: string | undefined;
  /**
   * An open handle of node:sqlite, bun:sqlite, better-sqlite3 or libsql instead. It keeps its settings (best are
   * `journal_mode = WAL` and `synchronous = FULL`), and stays open when the store is closed. A transaction that is open on it while a request waits would hold the sessions' changes too.
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

  const makeReady = (handle: SqliteDatabase, settle: () => void): void => {
    try {
      settle();
      prepareTable(handle, name.table, create);
      if (handle !== database) useWal(handle);
    } catch (error) {
      throw isBusy(error) ? error : unusable(name.table, error);
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
    connect: async () => {
      client = sqliteClient(await connect());
      return client;
    },
  });
  return {
    ...store,
    ...wholeInTurns(name, async (call) => {
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

function unusable(table: string, cause: unknown): SessionError {
  if (SessionError.is(cause)) return cause;
  return new SessionError(
    "STORE_UNAVAILABLE",
    `SQLite could not get the session table "${table}" ready. Is this an undamaged database, is SQLite 3.37 or newer, and may this process write there? It says: ${reason(cause)}`,
    { cause },
  );
}
