import { fileURLToPath } from "node:url";
import { invalidOption } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";
import { workersKv } from "../shared/workers-kv.ts";
import { local, remote, type Scheme, type StoreUrl, text, wholeNumber, yesOrNo } from "./scheme.ts";

const postgres = remote(
  { pg: () => import("pg"), postgres: () => import("postgres") },
  { table: text, schema: text, createTable: yesOrNo },
  async (url, options) => (await import("../postgres/index.ts")).postgresStore({ url, ...options }),
);
const mysql = remote(
  { mysql2: () => import("mysql2/promise") },
  { table: text, createTable: yesOrNo },
  async (url, options) =>
    (await import("../mysql/index.ts")).mysqlStore({ url: url.replace(/^mariadb:/, "mysql:"), ...options }),
);
const redis = remote(
  { redis: () => import("redis"), ioredis: () => import("ioredis") },
  { prefix: text },
  async (url, options) => (await import("../redis/index.ts")).redisStore({ url, ...options }),
);
const mongodb = remote(
  { mongodb: () => import("mongodb") },
  { collection: text, createIndexes: yesOrNo },
  async (url, options) => (await import("../mongodb/index.ts")).mongodbStore({ url, ...options }),
);

/** What a URL may begin with. A store is imported only when it is asked for. */
const schemes: Readonly<Record<string, Scheme>> = {
  memory: local({ maxSessions: wholeNumber }, async (place, options) => {
    if (place !== "") throw invalidOption('There is nothing to name in memory: the URL is "memory:".');
    return (await import("../memory/index.ts")).memoryStore(options);
  }),
  file: local({}, async (place) => (await import("../file/index.ts")).fileStore({ directory: pathOf(place) })),
  sqlite: local({ table: text, createTable: yesOrNo }, async (place, options) => {
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
 * Opens the store that a URL names, so that one setting decides where sessions are kept. It stands apart from the root of
 * the package, because a bundler that meets it takes every store in.
 *
 * `memory:` · `file:./data` · `sqlite:./data/app.db` · `postgres://` · `mysql://` · `redis://` · `redis+cluster://host,host` · `mongodb://`
 *
 * The store's own options are query parameters (`?table=visits`, `?prefix=shop:`); a database's other parameters are for its
 * client. Nothing is connected yet: a server that is down fails the first use, and the uses after it until it is back.
 *
 * @example
 * const sessions = createSessions({ store: await openStore("redis://localhost:6379?prefix=shop:") });
 *
 * @throws SessionError INVALID_OPTION for a URL or a parameter that makes no sense, STORE_UNAVAILABLE if the database's
 * client package is not installed. Neither shows the URL, which may hold a password.
 */
export async function openStore(url: string): Promise<SessionStore> {
  const parts = takeApart(url);
  if (parts.scheme === "kv") throw workersKv();
  const open = Object.hasOwn(schemes, parts.scheme) ? schemes[parts.scheme] : undefined;
  if (!open) {
    throw invalidOption(
      `There is no store for "${parts.scheme}:". There is one for ${Object.keys(schemes).join(", ")}.`,
    );
  }
  return open(parts);
}

/** By hand, because `redis+cluster://a,b` and `mongodb://a,b` are no URLs to `URL`, which would also change what it parses. */
function takeApart(url: string): StoreUrl {
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

/** `./app.db`, `/var/app.db` and, as in other URLs, `///var/app.db`. */
function pathOf(place: string): string {
  if (!place.startsWith("//")) return decoded(place);
  try {
    return fileURLToPath(`file:${place.replaceAll("#", "%23")}`);
  } catch {
    throw invalidOption("Two slashes begin a host name. A path is written as ./app.db, /var/app.db or ///var/app.db.");
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidOption(
      'The URL of the store has a "%" that is not followed by two hexadecimal digits; write it as %25.',
    );
  }
}
