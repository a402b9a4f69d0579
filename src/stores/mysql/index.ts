import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { invalidOption } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";
import { storeWarnings } from "../shared/warnings.ts";
import { connectServer } from "../sql/connect.ts";
import { schemaHint, tableLocation } from "../sql/options.ts";
import { wantedIndexes, wantedParts } from "../sql/statements.ts";
import { sqlStore } from "../sql/store.ts";
import type { TableSetup } from "../sql/table.ts";
import { errorPolicy } from "./errors.ts";
import { type MysqlClient, openUrl, toSender } from "./open.ts";
import { createTableStatement, mysqlDialect, partsQuery } from "./schema.ts";
import { mysqlDriver, readSettings } from "./settings.ts";

export type { MysqlClient } from "./open.ts";

/** Options of `mysqlStore()`. */
export interface MysqlStoreOptions {
  /**
   * The application's own pool of the package mysql2, with callbacks or with promises. A single connection works as well,
   * but needs two round trips for each operation, is not replaced when it breaks, and is refused while the application has
   * a transaction open on it. It must connect to the primary, and stays open when the store is closed.
   */
  readonly pool?: MysqlClient | undefined;
  /** Instead of `pool`: the server's `mysql://` URL, with the database. The first use of the store imports mysql2. */
  readonly url?: string | undefined;
  /** @default "coatcheck_sessions" */
  readonly table?: string | undefined;
  /** False: the table must exist; `storeSchema("mysql")` returns its statements. @default true */
  readonly createTable?: boolean | undefined;
}

const known: Known<MysqlStoreOptions> = { pool: true, url: true, table: true, createTable: true };

/**
 * Keeps sessions in MySQL 8 or MariaDB 10.5 or newer, for all processes of all hosts. A completed change is as durable as
 * the server's `innodb_flush_log_at_trx_commit` makes it.
 *
 * @example
 * const sessions = createSessions({ store: mysqlStore({ pool: createPool("mysql://localhost/app") }) });
 */
export function mysqlStore(options: MysqlStoreOptions): SessionStore {
  checkKeys(options, known, "mysqlStore()");
  const { pool, url } = options;
  const { name, create } = tableLocation({ table: options.table, createTable: options.createTable });
  if ((pool === undefined) === (url === undefined)) {
    throw invalidOption('mysqlStore needs one of "pool" (a pool of your own) and "url" (mysql://…).');
  }
  if (url !== undefined && !(typeof url === "string" && /^mysql:\/\//i.test(url))) {
    throw invalidOption('url must begin with "mysql://", for instance "mysql://user@localhost/app".');
  }
  const given = pool === undefined ? undefined : toSender(pool);
  const settings = { maxPacketBytes: Number.POSITIVE_INFINITY };
  const warnings = storeWarnings();
  const setup: TableSetup = {
    table: name.table,
    create,
    schemaHint: schemaHint("mysql", name),
    wanted: wantedParts(mysqlDialect),
    indexes: wantedIndexes(mysqlDialect, name),
    warnings,
    partsQuery: partsQuery(name),
  };
  return sqlStore({
    name: "mysql",
    dialect: mysqlDialect,
    table: name,
    warnings,
    connect: () =>
      connectServer({
        open: async () => mysqlDriver(given ?? (await openUrl(url as string)), settings),
        errorPolicy,
        check: (client, call) => readSettings(client, settings, call),
        setup,
        createStatement: createTableStatement(name),
      }),
  });
}
