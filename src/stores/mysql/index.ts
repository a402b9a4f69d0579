import { invalidOption } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";
import { connectServer } from "../sql/connect.ts";
import { placeOf, recipe } from "../sql/options.ts";
import { wantedParts } from "../sql/statements.ts";
import { sqlStore } from "../sql/store.ts";
import type { TableSetup } from "../sql/table.ts";
import { verdict } from "./errors.ts";
import { type MysqlClient, openUrl, senderOf } from "./open.ts";
import { makeTable, mysqlDialect, presentParts } from "./schema.ts";
import { mysqlDriver, readSettings } from "./settings.ts";

export type { MysqlClient } from "./open.ts";

export interface MysqlStoreOptions {
  /**
   * The application's own pool of the package mysql2, with callbacks or with promises. A single connection serves too, but
   * nobody replaces it when it breaks. It must lead to the primary, and stays open when the store is closed.
   */
  readonly pool?: MysqlClient | undefined;
  /** The server's `mysql://` URL instead, with the database. The package mysql2 is imported when the store is first used. */
  readonly url?: string | undefined;
  /** @default "coatcheck_sessions" */
  readonly table?: string | undefined;
  /** False: the table must exist; `storeSchema("mysql")` tells how to make it. @default true */
  readonly createTable?: boolean | undefined;
}

/**
 * Keeps sessions in MySQL 8 or MariaDB 10.5 or newer, for all processes of all hosts. An answered change has the durability
 * of the server's `innodb_flush_log_at_trx_commit`.
 *
 * @example
 * const sessions = createSessions({ store: mysqlStore({ pool: createPool("mysql://localhost/app") }) });
 */
export function mysqlStore(options: MysqlStoreOptions): SessionStore {
  const { pool, url } = options;
  const { name, create } = placeOf({ table: options.table, createTable: options.createTable });
  if ((pool === undefined) === (url === undefined)) {
    throw invalidOption('mysqlStore needs one of "pool" (a pool of your own) and "url" (mysql://…).');
  }
  if (url !== undefined && !(typeof url === "string" && /^mysql:\/\//i.test(url))) {
    throw invalidOption('url must begin with "mysql://", for instance "mysql://user@localhost/app".');
  }
  const given = pool === undefined ? undefined : senderOf(pool);
  const settings = { longestPacket: Number.POSITIVE_INFINITY };
  const setup: TableSetup = {
    table: name.table,
    create,
    recipe: recipe("mysql", name),
    wanted: wantedParts(mysqlDialect),
    parts: presentParts(name),
  };
  return sqlStore({
    name: "mysql",
    dialect: mysqlDialect,
    table: name,
    connect: () =>
      connectServer({
        open: async () => mysqlDriver(given ?? (await openUrl(url as string)), settings),
        verdict,
        check: (client, call) => readSettings(client, settings, call),
        setup,
        make: makeTable(name),
      }),
  });
}
