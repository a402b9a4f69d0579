import { invalidOption, SessionError } from "../../types/errors.ts";
import { loadPg, loadPostgres } from "../shared/packages/postgres.ts";
import type { SqlDriver } from "../sql/server-client.ts";
import { type PgClient, type PgPool, pgPoolDriver } from "./pg.ts";
import { pgClientDriver } from "./pg-client.ts";
import { type TaggedSql, taggedDriver } from "./tagged.ts";

/** A `Pool` or connected `Client` of the package pg, the function of the package postgres, or Bun's SQL. */
export type PostgresClient = PgPool | PgClient | TaggedSql;

type Method = "unsafe" | "query" | "connect";

/** @throws SessionError INVALID_OPTION */
export function toDriver(client: PostgresClient, onStalled: () => void): SqlDriver {
  const has = (method: Method): boolean => typeof Object(client)[method] === "function";
  if (typeof client === "function" && has("unsafe")) return taggedDriver(client as TaggedSql, onStalled);
  if (has("query") && has("connect")) {
    return typeof (client as PgPool).totalCount === "number"
      ? pgPoolDriver(client as PgPool)
      : pgClientDriver(client as PgClient);
  }
  throw invalidOption(
    "client must be a Pool or Client of the package pg, the sql function of the package postgres, or Bun's SQL.",
  );
}

interface OwnPool extends PgPool {
  on(event: "error", listener: () => void): unknown;
  end(): Promise<void>;
}
interface Pg {
  readonly Pool: new (options: Record<string, unknown>) => OwnPool;
}
type OwnSql = TaggedSql & { end(options?: { readonly timeout: number }): Promise<void> };
type Postgres = (url: string, options: Record<string, unknown>) => OwnSql;

/** Imports a package; rejects if it is not installed. */
export type Load = () => Promise<unknown>;

/** Seconds until an address that does not answer counts as unreachable. */
const connectTimeout = 5;

/** Opens a pool that the store owns. @throws SessionError STORE_UNAVAILABLE */
export async function openUrl(
  url: string,
  importPg: Load = loadPg,
  importPostgres: Load = loadPostgres,
): Promise<SqlDriver> {
  const errors: unknown[] = [];
  const unlessMissing = (load: Load): Promise<unknown> => load().catch((error: unknown) => void errors.push(error));

  const pg = (await unlessMissing(importPg)) as { readonly default: Pg } | undefined;
  if (pg) {
    // The error of pg itself contains the password on some runtimes.
    if (!URL.canParse(url)) throw invalidOption("pg cannot read the url. Is everything in it percent-encoded?");
    const connectionTimeoutMillis = connectTimeout * 1_000;
    const pool = new pg.default.Pool({ connectionString: url, connectionTimeoutMillis, keepAlive: true });
    // The pool replaces an idle connection that breaks; without a listener the process would end.
    pool.on("error", () => {});
    return pgPoolDriver(pool, () => pool.end());
  }
  const postgres = (await unlessMissing(importPostgres)) as { readonly default: Postgres } | undefined;
  if (postgres) {
    // Without `fetch_types: false` it reads the types of arrays on each new connection, and if that connection breaks
    // meanwhile, an unhandled rejection ends the process. The store has no arrays.
    return replacedDriver(() => postgres.default(url, { connect_timeout: connectTimeout, fetch_types: false }));
  }
  throw new SessionError(
    "STORE_UNAVAILABLE",
    'No client for PostgreSQL was found: run "npm install pg" (or "postgres"), or give the store a client of your own.',
    { cause: new AggregateError(errors) },
  );
}

/** Seconds that statements in flight have when a client is replaced. */
const endTimeout = 5;

/** A driver with a new client when the last one has stopped answering. */
function replacedDriver(open: () => OwnSql): SqlDriver {
  const start = (): { readonly sql: OwnSql; readonly driver: SqlDriver } => {
    const sql = open();
    const replace = (): void => {
      if (sql !== current.sql) return;
      current = start();
      void sql.end({ timeout: endTimeout });
    };
    return { sql, driver: taggedDriver(sql, replace) };
  };
  let current = start();
  return { send: (text, values) => current.driver.send(text, values), close: () => current.sql.end() };
}
