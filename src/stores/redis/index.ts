import { invalidOption } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";
import { linkTo, type RedisClient } from "./clients/detect.ts";
import { openLink } from "./connect.ts";
import { createConnection } from "./connection.ts";
import { recordStore } from "./store.ts";
import { parseUrl } from "./url.ts";

export type { BunRedisClient } from "./clients/bun.ts";
export type { RedisClient } from "./clients/detect.ts";
export type { IoredisClient, IoredisCluster } from "./clients/ioredis.ts";
export type { NodeRedisClient, NodeRedisCluster } from "./clients/node-redis.ts";

export interface RedisStoreOptions {
  /**
   * A client of the application's: node-redis 5 or 6, connected (`createClient`, `createClientPool`, `createCluster`), ioredis
   * 5 or 6 (`Redis`, `Cluster`) or Bun's `RedisClient`. It stays open when the store is closed. While it is offline,
   * operations wait for it as long as `storeTimeout` allows; with node-redis' `disableOfflineQueue` they fail at once.
   */
  readonly client?: RedisClient | undefined;
  /**
   * Where the server is instead: `redis://user:password@host:6379/0`, `rediss://` for TLS, and for a cluster
   * `redis+cluster://host:7001,host:7002` or `rediss+cluster://`. Needs the package redis or ioredis. Connects on first use,
   * and again by itself; while there is no connection operations fail at once, with `STORE_UNAVAILABLE`.
   */
  readonly url?: string | undefined;
  /** What the names of all keys of this store begin with. @default "coatcheck:" */
  readonly prefix?: string | undefined;
}

/**
 * Keeps sessions in Redis 6.2 or newer, Valkey, or a cluster of either: for all processes of all hosts.
 *
 * What survives a restart or a failover of the server is what the server saved and replicated: with its `appendonly yes`
 * everything but the last second, with snapshots everything up to the last one, and a failover may lose writes of the last
 * moment. Set `maxmemory-policy` to `noeviction` (or `volatile-ttl`): any other may sign users out when memory runs short.
 *
 * `list` of one user, `revokeAll` and `maxSessionsPerUser` cost what the user has. `list` without a user, `count` and
 * `destroyAll` look at every key of the server, and may need a longer `storeTimeout`; a `destroyAll` that ran out of time has
 * deleted some, and goes on when it is called again. There is no `prune`, because Redis deletes by itself what is over.
 *
 * @example
 * const client = await createClient({ url: "redis://localhost:6379" }).on("error", console.error).connect();
 * const sessions = createSessions({ store: redisStore({ client }) });
 */
export function redisStore(options: RedisStoreOptions): SessionStore {
  const { client, url, prefix = "coatcheck:" } = options;
  if ((client === undefined) === (url === undefined)) {
    throw invalidOption('redisStore needs one of "client" (a client of yours) and "url" (the server).');
  }
  if (typeof prefix !== "string" || prefix === "") {
    throw invalidOption('prefix must be a text that no other keys of the server begin with, for instance "shop:".');
  }
  if (/\p{Surrogate}/u.test(prefix)) throw invalidOption("prefix must not hold half a surrogate pair.");
  if (url === undefined) {
    const link = linkTo(client as RedisClient);
    return recordStore(
      createConnection(() => link),
      prefix,
    );
  }
  const server = parseUrl(url);
  return recordStore(
    createConnection(() => openLink(server)),
    prefix,
  );
}
