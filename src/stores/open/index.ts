import { invalidOption } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";
import { loadMongodb } from "../shared/packages/mongodb.ts";
import { loadMysql2 } from "../shared/packages/mysql.ts";
import { loadPg, loadPostgres } from "../shared/packages/postgres.ts";
import { loadIoredis, loadRedis } from "../shared/packages/redis.ts";
import { workersKv } from "../shared/workers-kv.ts";
import { decoded, pathOf } from "./path.ts";
import { flag, integer, local, remote, type Scheme, type StoreUrl, string } from "./scheme.ts";

const postgres = remote(
  { pg: loadPg, postgres: loadPostgres },
  { table: string, schema: string, createTable: flag },
  async (url, options) => (await import("../postgres/index.ts")).postgresStore({ url, ...options }),
);
const mysql = remote({ mysql2: loadMysql2 }, { table: string, createTable: flag }, async (url, options) =>
  (await import("../mysql/index.ts")).mysqlStore({ url: url.replace(/^mariadb:/, "mysql:"), ...options }),
);
const redis = remote({ redis: loadRedis, ioredis: loadIoredis }, { prefix: string }, async (url, options) =>
  (await import("../redis/index.ts")).redisStore({ url, ...options }),
);
const mongodb = remote({ mongodb: loadMongodb }, { collection: string, createIndexes: flag }, async (url, options) =>
  (await import("../mongodb/index.ts")).mongodbStore({ url, ...options }),
);

/** The supported URL schemes. A store is imported only when a URL names it. */
const schemes: Readonly<Record<string, Scheme>> = {
  memory: local({ maxSessions: integer }, async (place, options) => {
    if (place !== "") throw invalidOption('The memory store has no path: the URL is "memory:".');
    return (await import("../memory/index.ts")).memoryStore(options);
  }),
  file: local({}, async (place) => (await import("../file/index.ts")).fileStore({ path: pathOf(place) })),
  sqlite: local({ table: string, createTable: flag }, async (place, options) => {
    const store = (await import("../sqlite/index.ts")).sqliteStore({ path: pathOf(place), ...options });
    await (await import("../sqlite/open.ts")).findDriver();
    return store;
  }),
  postgres,
  postgresql: postgres,
  mysql,
  mariadb: mysql,
  redis,
  rediss: redis,
  "redis+cluster": redis,
  "rediss+cluster": redis,
  mongodb,
  "mongodb+srv": mongodb,
};

/**
 * Opens the store that a URL names, so that one setting decides where sessions are kept. It has an entry point of its own,
 * because a bundler that finds it includes every store.
 *
 * `memory:` · `file:./data` · `sqlite:./data/app.db` · `postgres://` · `mysql://` · `redis://` · `redis+cluster://host,host` · `mongodb://`
 *
 * The store's own options are query parameters (`?table=visits`, `?prefix=shop:`); other parameters are passed to the
 * database's client. Nothing is connected yet: if the server is down, operations fail until it is back.
 *
 * @example
 * const sessions = createSessions({ store: await openStore("redis://localhost:6379?prefix=shop:") });
 *
 * @throws SessionError INVALID_OPTION for an invalid URL or parameter, STORE_UNAVAILABLE if the database's client package
 * is not installed. Neither message contains the URL, which may hold a password.
 */
export async function openStore(url: string): Promise<SessionStore> {
  const parts = splitUrl(url);
  if (parts.scheme === "kv") throw workersKv();
  const open = Object.hasOwn(schemes, parts.scheme) ? schemes[parts.scheme] : undefined;
  if (!open) {
    throw invalidOption(
      `There is no store for "${parts.scheme}:". There is one for ${Object.keys(schemes).join(", ")}.`,
    );
  }
  return open(parts);
}

/** Splits a URL without `URL`, which does not accept `redis+cluster://a,b` and `mongodb://a,b`, and normalises its input. */
function splitUrl(url: string): StoreUrl {
  const [, scheme, place = "", query = ""] = /^([a-z][a-z0-9+.-]*):([^?]*)\??(.*)$/is.exec(String(url)) ?? [];
  if (scheme === undefined) {
    throw invalidOption("openStore needs a URL that begins with the kind of store, such as sqlite:./app.db.");
  }
  const parameters = query
    .split("&")
    .filter(Boolean)
    .map((source) => {
      const [name = "", ...value] = source.split("=");
      return { name: decoded(name), value: decoded(value.join("=")), source };
    });
  return { scheme: scheme.toLowerCase(), place, parameters };
}
