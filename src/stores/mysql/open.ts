import { invalidOption, SessionError } from "../../types/errors.ts";
import { connectionSender, type MysqlConnection, type MysqlPool, poolSender } from "./driver.ts";
import type { MysqlSender } from "./settings.ts";

/** A pool or connection of the package mysql2, with callbacks or with promises. */
export type MysqlClient = MysqlPool | MysqlConnection | { readonly pool: MysqlPool } | MysqlPromiseConnection;

/** What tells a connection with promises from others. */
interface MysqlPromiseConnection {
  readonly threadId: number;
  query(query: { readonly sql: string }): PromiseLike<unknown>;
}

/** @throws SessionError INVALID_OPTION */
export function senderOf(client: MysqlClient): MysqlSender {
  // Those with promises hold the ones with callbacks, which alone have a method `promise`.
  const { pool, connection } = Object(client) as { pool?: unknown; connection?: unknown };
  const [found] = [client, pool, connection].filter((one) => has(one, "promise") && has(one, "query"));
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

/** Milliseconds until an address that does not answer counts as out of reach. */
const connectTimeout = 5_000;

/** A pool of the store's own. @throws SessionError */
export async function openUrl(
  url: string,
  load: () => Promise<unknown> = () => import("mysql2/promise"),
): Promise<MysqlSender> {
  const { default: mysql2 } = (await load().catch(missing)) as { readonly default: Mysql2 };
  const own = createPool(mysql2, url);
  // What was still connecting fails in the end; nothing is left open by it.
  return poolSender(own.pool, () => own.end().catch(() => undefined));
}

function createPool(mysql2: Mysql2, url: string): OwnPool {
  try {
    return mysql2.createPool({ uri: url, connectTimeout });
  } catch {
    // The error may quote the URL, which may hold a password.
    throw invalidOption("mysql2 could not make a pool of the url. Is everything in it percent-encoded?");
  }
}

function missing(cause: unknown): never {
  throw new SessionError(
    "STORE_UNAVAILABLE",
    'The package mysql2 was not found: run "npm install mysql2", or give the store a pool of your own.',
    { cause },
  );
}
