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
import { openUrl, type PostgresClient, toDriver } from "./open.ts";
import { createTableStatement, partsQuery, postgresDialect } from "./schema.ts";

export type { PostgresClient } from "./open.ts";

/** Options of `postgresStore()`. */
export interface PostgresStoreOptions {
  /**
   * The application's own client: a `Pool` of the package pg (best, because connections that break or stall are
   * replaced), a connected `Client` of it (refused while the application has a transaction open on it), the sql function of
   * the package postgres, or Bun's SQL. It must connect to the primary, and stays open when the store is closed.
   *
   * A pool of pg needs a listener for its "error" events: without one, a restart of the server ends the process. The
   * package postgres needs `prepare: false` behind a pooler in transaction mode; pg needs no setting there.
   */
  readonly client?: PostgresClient | undefined;
  /** Instead of `client`: the server's `postgres://` URL. The first use of the store imports the package pg, else postgres. */
  readonly url?: string | undefined;
  /** @default "coatcheck_sessions" */
  readonly table?: string | undefined;
  /** The PostgreSQL schema that the table is in; it must exist. @default the connection's search_path */
  readonly schema?: string | undefined;
  /** False: the table must exist; `storeSchema("postgres")` returns its statements. @default true */
  readonly createTable?: boolean | undefined;
}

const known: Known<PostgresStoreOptions> = { client: true, url: true, table: true, schema: true, createTable: true };

/**
 * Keeps sessions in PostgreSQL 12 or newer, for all processes of all hosts. A completed change is as durable as the
 * server's `synchronous_commit` makes it.
 *
 * @example
 * const sessions = createSessions({ store: postgresStore({ client: new Pool() }) });
 */
export function postgresStore(options: PostgresStoreOptions): SessionStore {
  checkKeys(options, known, "postgresStore()");
  const { client, url } = options;
  const { name, create } = tableLocation(options);
  const warnings = storeWarnings();
  if ((client === undefined) === (url === undefined)) {
    throw invalidOption('postgresStore needs one of "client" (a client of your own) and "url" (postgres://…).');
  }
  if (url !== undefined && !(typeof url === "string" && /^postgres(ql)?:\/\//i.test(url))) {
    throw invalidOption('url must begin with "postgres://", for instance "postgres://user@localhost/app".');
  }
  const given = client === undefined ? undefined : toDriver(client, () => warnings.warn("STALLED_CLIENT", stalled));

  const setup: TableSetup = {
    table: name.table,
    create,
    schemaHint: schemaHint("postgres", name),
    wanted: wantedParts(postgresDialect),
    indexes: wantedIndexes(postgresDialect, name),
    warnings,
    partsQuery: partsQuery(name),
  };
  return sqlStore({
    name: "postgres",
    dialect: postgresDialect,
    table: name,
    warnings,
    connect: () =>
      connectServer({
        open: () => given ?? openUrl(url as string),
        errorPolicy,
        setup,
        createStatement: createTableStatement(name),
      }),
  });
}

const stalled =
  "The application's client of PostgreSQL has not answered for more than ten seconds. If its connections are dead, postgres.js keeps them until the operating system gives them up, which may take a quarter of an hour. Give the store a Pool of pg, or a url instead of a client.";
