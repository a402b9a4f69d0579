import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { invalidOption } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";
import { storeWarnings } from "../shared/warnings.ts";
import { adaptClient, type RedisClient } from "./clients/detect.ts";
import { openClient } from "./connect.ts";
import { createConnection } from "./connection.ts";
import { recordStore } from "./store.ts";
import { parseUrl } from "./url.ts";

export type { BunRedisClient } from "./clients/bun.ts";
export type { RedisClient } from "./clients/detect.ts";
export type { IoredisClient, IoredisCluster } from "./clients/ioredis.ts";
export type { NodeRedisClient, NodeRedisCluster } from "./clients/node-redis.ts";

/** Options of `redisStore()`. */
export interface RedisStoreOptions {
  /**
   * The application's client: node-redis 5 or 6, connected (`createClient`, `createClientPool`, `createCluster`), ioredis 5
   * or 6 (`Redis`, `Cluster`) or Bun's `RedisClient`. It stays open when the store is closed. While it is offline,
   * operations wait for it until `storeTimeout`; with node-redis' `disableOfflineQueue` they fail at once.
   */
  readonly client?: RedisClient | undefined;
  /**
   * Instead of `client`, the URL of the server: `redis://user:password@host:6379/0`, `rediss://` for TLS, and for a cluster
   * `redis+cluster://host:7001,host:7002` or `rediss+cluster://`. Needs the package redis or ioredis. The store connects on
   * first use and reconnects automatically. Without a connection, operations fail at once with `STORE_UNAVAILABLE`.
   */
  readonly url?: string | undefined;
  /** Begins the name of every key of this store. @default "coatcheck:" */
  readonly prefix?: string | undefined;
}

const known: Known<RedisStoreOptions> = { client: true, url: true, prefix: true };

/**
 * Keeps sessions in Redis 6.2 or newer, Valkey, or a cluster of either: for all processes of all hosts.
 *
 * After a restart or a failover the server has what it saved and replicated: with `appendonly yes` everything but the last
 * second, with snapshots everything up to the last one, and a failover may lose the latest writes. Set `maxmemory-policy`
 * to `noeviction` (or `volatile-ttl`): any other policy may sign users out when memory runs short, and under an `allkeys-`
 * policy `revokeAll` may miss sessions.
 *
 * The cost of `list` for one user, `revokeAll` and `maxSessionsPerUser` grows with that user's sessions only. `list` without
 * a user, `count` and `destroyAll` scan every key of the server, and may need a longer `storeTimeout`; a `destroyAll` that
 * timed out has deleted some sessions, and continues when it is called again. There is no `prune`: Redis deletes expired
 * sessions.
 *
 * @example
 * const client = await createClient({ url: "redis://localhost:6379" }).on("error", console.error).connect();
 * const sessions = createSessions({ store: redisStore({ client }) });
 *
 * @throws SessionError INVALID_OPTION
 */
export function redisStore(options: RedisStoreOptions): SessionStore {
  checkKeys(options, known, "redisStore()");
  const { client, url, prefix = "coatcheck:" } = options;
  if ((client === undefined) === (url === undefined)) {
    throw invalidOption('redisStore needs one of "client" (your own client) and "url" (the server).');
  }
  if (typeof prefix !== "string" || prefix === "") {
    throw invalidOption('prefix must be a string that no other keys of the server start with, for instance "shop:".');
  }
  if (/\p{Surrogate}/u.test(prefix)) throw invalidOption("prefix must not hold half a surrogate pair.");
  const warnings = storeWarnings();
  if (url === undefined) {
    const commands = adaptClient(client as RedisClient);
    const onStalled = (): void => warnings.warn("STALLED_CLIENT", stalled);
    return recordStore(
      createConnection(() => commands, onStalled),
      prefix,
      warnings,
    );
  }
  const server = parseUrl(url);
  return recordStore(
    createConnection(() => openClient(server)),
    prefix,
    warnings,
  );
}

const stalled =
  "The application's Redis client has had no answer to a command for more than five seconds, although it does not report a lost connection. If the connection is dead, the client may keep it for a quarter of an hour. Give ioredis the option socketTimeout; with node-redis use the store's url, or connect again yourself (docs/stores/redis.md).";
