import { invalidOption, SessionError } from "../../types/errors.ts";
import { loadMysql2 } from "../shared/packages/mysql.ts";
import { connectionSender } from "./connection.ts";
import { type MysqlConnection, type MysqlPool, poolSender } from "./driver.ts";
import type { MysqlSender } from "./settings.ts";

/** A pool or connection of the package mysql2, with callbacks or with promises. */
export type MysqlClient = MysqlPool | MysqlConnection | { readonly pool: MysqlPool } | MysqlPromiseConnection;

/** A mysql2 connection with promises, recognised by these members. */
interface MysqlPromiseConnection {
  readonly threadId: number;
  query(query: { readonly sql: string }): PromiseLike<unknown>;
}

/** @throws SessionError INVALID_OPTION */
export function toSender(client: MysqlClient): MysqlSender {
  // Promise objects wrap callback objects, and only those have a method `promise`.
  const { pool, connection } = Object(client) as { pool?: unknown; connection?: unknown };
  const [found] = [client, pool, connection].filter(
    (candidate) => has(candidate, "promise") && has(candidate, "query"),
  );
  if (has(found, "getConnection")) return poolSender(found as MysqlPool);
  if (found) return connectionSender(found as MysqlConnection);
  throw invalidOption('pool must be a pool or connection of the package mysql2 ("mysql2" or "mysql2/promise").');
}

const has = (object: unknown, method: string): boolean =>
  typeof (Object(object) as Record<string, unknown>)[method] === "function";

interface OwnPool {
  readonly pool: MysqlPool;
  end(): Promise<void>;
}
interface Mysql2 {
  createPool(options: Record<string, unknown>): OwnPool;
}

/** Milliseconds until an address that does not answer counts as unreachable. */
const connectTimeout = 5_000;

/** Opens a pool that the store owns. @throws SessionError */
export async function openUrl(url: string, load: () => Promise<unknown> = loadMysql2): Promise<MysqlSender> {
  const { default: mysql2 } = (await load().catch(missing)) as { readonly default: Mysql2 };
  const created = createPool(mysql2, url);
  // Connections that are still being opened fail in the end, and none stays open.
  return poolSender(created.pool, () => created.end().catch(() => undefined));
}

function createPool(mysql2: Mysql2, url: string): OwnPool {
  try {
    return mysql2.createPool({ uri: url, connectTimeout });
  } catch {
    // The error may quote the URL, which may hold a password.
    throw invalidOption("mysql2 could not create a pool from the url. Is everything in it percent-encoded?");
  }
}

function missing(cause: unknown): never {
  throw new SessionError(
    "STORE_UNAVAILABLE",
    'The package mysql2 was not found: run "npm install mysql2", or give the store a pool of your own.',
    { cause },
  );
}
