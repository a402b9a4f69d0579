import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { invalidOption, type SessionError } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";
import { storeWarnings } from "../shared/warnings.ts";
import { isWorkersKv, workersKv } from "../shared/workers-kv.ts";
import { schemaHint, tableLocation } from "../sql/options.ts";
import { wantedIndexes, wantedParts } from "../sql/statements.ts";
import { sqlStore } from "../sql/store.ts";
import { partsQuery, sqliteDialect, textCheck, textQuery } from "../sqlite/schema.ts";
import { type D1Database, d1Client } from "./client.ts";

export type { D1Database, D1Statement } from "./client.ts";

/** Options of `d1Store()`. */
export interface D1StoreOptions {
  /**
   * The binding itself, such as `env.DB`. Not a D1 session (`withSession()`): it may read from a replica, where a session
   * that has just ended still opens.
   */
  readonly database: D1Database;
  /** @default "coatcheck_sessions" */
  readonly table?: string | undefined;
  /** False: the table must exist; create it by a migration with `storeSchema("sqlite")`. @default true */
  readonly createTable?: boolean | undefined;
}

const known: Known<D1StoreOptions> = { database: true, table: true, createTable: true };

/**
 * Keeps sessions in Cloudflare D1, for all workers that have the binding. Workers have no timers for pruning: set
 * `pruneInterval: false` in `createSessions`, and call `sessions.prune()` in a scheduled handler.
 *
 * @example
 * import { env } from "cloudflare:workers";
 * const sessions = createSessions({ store: d1Store({ database: env.DB }), pruneInterval: false });
 *
 * @throws SessionError INVALID_OPTION
 */
export function d1Store(options: D1StoreOptions): SessionStore {
  checkKeys(options, known, "d1Store()");
  const { database } = options;
  const { name, create } = tableLocation({ table: options.table, createTable: options.createTable });
  checkBinding(database);

  const warnings = storeWarnings();
  const check = {
    table: name.table,
    create,
    schemaHint: schemaHint("sqlite", name),
    wanted: wantedParts(sqliteDialect),
    indexes: wantedIndexes(sqliteDialect, name),
    warnings,
  };
  const setup = {
    ...check,
    partsQuery: partsQuery(name.table),
    next: { check: textCheck(check), partsQuery: textQuery(name.table) },
  };
  const client = d1Client(database, { dialect: sqliteDialect, name, setup });
  const store = sqlStore({ name: "d1", dialect: sqliteDialect, table: name, warnings, connect: async () => client });
  return { ...store, setup: client.setup };
}

function checkBinding(database: unknown): void {
  if (typeof database !== "object" || database === null) throw noBinding();
  if (isWorkersKv(database)) throw workersKv();
  if ("getBookmark" in database) {
    throw invalidOption(
      "database must be the D1 binding itself, not the result of withSession(): it may read from a replica, where an ended session still opens.",
    );
  }
  if (!("prepare" in database && "batch" in database)) throw noBinding();
}

const noBinding = (): SessionError =>
  invalidOption(
    'database must be a D1 binding, such as env.DB. Is it declared under "d1_databases" in wrangler.jsonc, by this name?',
  );
