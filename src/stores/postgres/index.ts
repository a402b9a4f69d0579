import { invalidOption } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";
import { connectServer } from "../sql/connect.ts";
import { placeOf, recipe } from "../sql/options.ts";
import { wantedParts } from "../sql/statements.ts";
import { sqlStore } from "../sql/store.ts";
import type { TableSetup } from "../sql/table.ts";
import { verdict } from "./errors.ts";
import { driverOf, openUrl, type PostgresClient } from "./open.ts";
import { makeTable, postgresDialect, presentParts } from "./schema.ts";

export type { PostgresClient } from "./open.ts";

export interface PostgresStoreOptions {
  /**
   * The application's own client: a `Pool` of the package pg (best, as connections that break or fall silent are
   * replaced), a connected `Client` of it, the sql function of the package postgres, or Bun's SQL. It must lead to the
   * primary, and stays open when the store is closed.
   *
   * As ever, a pool of pg needs a listener for its "error" events (without one, a server that restarts ends the process),
   * and the package postgres needs `prepare: false` behind a pooler in transaction mode. pg needs nothing there.
   */
  readonly client?: PostgresClient | undefined;
  /** The server's `postgres://` URL instead. The package pg or else postgres is imported when the store is first used. */
  readonly url?: string | undefined;
  /** @default "coatcheck_sessions" */
  readonly table?: string | undefined;
  /** The PostgreSQL schema that the table is in; it must exist. @default the connection's search_path */
  readonly schema?: string | undefined;
  /** False: the table must exist; `storeSchema("postgres")` tells how to make it. @default true */
  readonly createTable?: boolean | undefined;
}

/**
 * Keeps sessions in PostgreSQL 12 or newer, for all processes of all hosts. An answered change has the durability of the
 * server's `synchronous_commit`.
 *
 * @example
 * const sessions = createSessions({ store: postgresStore({ client: new Pool() }) });
 */
export function postgresStore(options: PostgresStoreOptions): SessionStore {
  const { client, url } = options;
  const { name, create } = placeOf(options);
  if ((client === undefined) === (url === undefined)) {
    throw invalidOption('postgresStore needs one of "client" (a client of your own) and "url" (postgres://…).');
  }
  if (url !== undefined && !(typeof url === "string" && /^postgres(ql)?:\/\//i.test(url))) {
    throw invalidOption('url must begin with "postgres://", for instance "postgres://user@localhost/app".');
  }
  const given = client === undefined ? undefined : driverOf(client);

  const setup: TableSetup = {
    table: name.table,
    create,
    recipe: recipe("postgres", name),
    wanted: wantedParts(postgresDialect),
    parts: presentParts(name),
  };
  return sqlStore({
    name: "postgres",
    dialect: postgresDialect,
    table: name,
    connect: () =>
      connectServer({ open: () => given ?? openUrl(url as string), verdict, setup, make: makeTable(name) }),
  });
}
