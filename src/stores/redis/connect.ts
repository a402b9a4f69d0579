import { SessionError } from "../../types/errors.ts";
import { reason } from "../shared/client-error.ts";
import { loadIoredis, loadRedis } from "../shared/packages/redis.ts";
import type { OwnedClient } from "./client.ts";
import { adaptIoredis, type IoredisClient } from "./clients/ioredis.ts";
import {
  adaptNodeRedis,
  adaptNodeRedisCluster,
  type NodeRedisClient,
  type NodeRedisCluster,
} from "./clients/node-redis.ts";
import type { RedisServer } from "./url.ts";

/** Imports the client packages; a test replaces it to simulate missing ones. */
export interface RedisPackages {
  redis(): Promise<unknown>;
  ioredis(): Promise<unknown>;
}

const packages: RedisPackages = { redis: loadRedis, ioredis: loadIoredis };

/**
 * Opens a client that the store owns, with the package redis, else ioredis. The first connection is tried once. The client
 * restores a lost connection, and until then commands fail at once: in a client's queue they would wait, and might run
 * after the caller had given up.
 *
 * @throws SessionError STORE_UNAVAILABLE
 */
export async function openClient(
  server: RedisServer,
  { redis, ioredis }: RedisPackages = packages,
): Promise<OwnedClient> {
  const errors: unknown[] = [];
  const find = (load: () => Promise<unknown>): Promise<unknown> => load().catch((error) => void errors.push(error));
  const nodeRedis = await find(redis);
  if (nodeRedis) return openNodeRedis(nodeRedis as NodeRedisPackage, server);
  const other = await find(ioredis);
  if (other) return openIoredis(other as IoredisPackage, server);
  throw new SessionError(
    "STORE_UNAVAILABLE",
    'No Redis client was found: run "npm install redis" (or "ioredis"), or pass your own client to redisStore.',
    { cause: new AggregateError(errors) },
  );
}

interface OwnClient {
  on(event: "error" | "end", listener: (error?: unknown) => void): unknown;
  connect(): Promise<unknown>;
}

interface NodeRedisPackage {
  createClient(options: object): OwnClient & NodeRedisClient & { destroy(): void };
  createCluster(options: object): OwnClient & NodeRedisCluster & { destroy(): void };
}

interface IoredisPackage {
  readonly Redis: new (url: string, options: object) => IoredisOwn;
  readonly Cluster: new (nodes: readonly object[], options: object) => IoredisOwn;
}

type IoredisOwn = OwnClient & IoredisClient & { disconnect(): void };

async function openNodeRedis(
  { createClient, createCluster }: NodeRedisPackage,
  { url, cluster }: RedisServer,
): Promise<OwnedClient> {
  if (cluster) {
    const { nodes, username, password, isSecure } = cluster;
    const socket = isSecure ? { tls: true } : {};
    const client = createCluster({
      rootNodes: nodes.map((node) => ({ socket: { ...socket, ...node } })),
      defaults: { username, password, socket, disableOfflineQueue: true },
      // Otherwise one node that is down would make the whole cluster unusable.
      minimizeConnections: true,
    });
    const close = await connect(client, () => client.destroy());
    return { ...adaptNodeRedisCluster(client), close };
  }
  const retry = backOff(false);
  const client = createClient({ url, disableOfflineQueue: true, socket: { reconnectStrategy: retry.delay } });
  const close = await connect(client, () => client.destroy());
  retry.start();
  return { ...adaptNodeRedis(client), close };
}

async function openIoredis({ Redis, Cluster }: IoredisPackage, { url, cluster }: RedisServer): Promise<OwnedClient> {
  const retry = backOff(null);
  const settings = { maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false, connectTimeout: 5_000 };
  const client = cluster
    ? new Cluster(cluster.nodes, {
        lazyConnect: true,
        clusterRetryStrategy: retry.delay,
        retryDelayOnFailover: 0,
        redisOptions: {
          ...settings,
          username: cluster.username,
          password: cluster.password,
          ...(cluster.isSecure && { tls: {} }),
        },
      })
    : new Redis(url, { ...settings, lazyConnect: true, enableOfflineQueue: false, retryStrategy: retry.delay });
  const close = await connect(client, () => client.disconnect());
  retry.start();
  return { ...adaptIoredis(client, false), close };
}

/** Returns the delays between reconnection attempts, in milliseconds. `never` until the first connection succeeds. */
function backOff<T>(never: T): { delay(retries: number): number | T; start(): void } {
  let isStarted = false;
  return {
    delay: (retries) => (isStarted ? Math.min(25 * 2 ** retries, 1_000) : never),
    start() {
      isStarted = true;
    },
  };
}

/** Connects a client. Returns the function that closes it; closes it already if it cannot connect. */
async function connect(client: OwnClient, end: () => void): Promise<() => void> {
  let latest: unknown;
  client.on("error", (error) => {
    latest = error;
  });
  const close = (): void => {
    try {
      end();
    } catch {
      // Already closed, which node-redis 5 treats as an error.
    }
  };
  try {
    await Promise.race([client.connect(), ended(client)]);
    return close;
  } catch (error) {
    close();
    const cause = latest ?? error;
    const message = `The redis store could not connect, and nothing was written. Is the server up, and are address and credentials right? The client says: ${reason(cause)}`;
    throw new SessionError("STORE_UNAVAILABLE", message, { cause });
  }
}

/** Rejects when the client ends: the promise of ioredis stays pending for a cluster that answers but is not healthy. */
function ended(client: OwnClient): Promise<never> {
  return new Promise((_, reject) => client.on("end", () => reject(new Error("the connection was closed"))));
}
