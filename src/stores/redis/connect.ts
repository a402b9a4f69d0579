import { SessionError } from "../../types/errors.ts";
import { reason } from "../shared/client-error.ts";
import type { OwnLink } from "./client.ts";
import { type IoredisClient, ioredisLink } from "./clients/ioredis.ts";
import {
  type NodeRedisClient,
  type NodeRedisCluster,
  nodeRedisClusterLink,
  nodeRedisLink,
} from "./clients/node-redis.ts";
import type { RedisServer } from "./url.ts";

/** How the client packages are had; a test takes them away. */
export interface RedisPackages {
  redis(): Promise<unknown>;
  ioredis(): Promise<unknown>;
}

const packages: RedisPackages = { redis: () => import("redis"), ioredis: () => import("ioredis") };

/**
 * Connects a client of the store's own, with the package redis, else ioredis. The first connection is tried once; one that
 * is lost is made again by the client, and what is asked of it meanwhile fails at once, because what waits in a client's queue
 * would be done after the store gave it up.
 *
 * @throws SessionError STORE_UNAVAILABLE
 */
export async function openLink(server: RedisServer, { redis, ioredis }: RedisPackages = packages): Promise<OwnLink> {
  const errors: unknown[] = [];
  const find = (load: () => Promise<unknown>): Promise<unknown> => load().catch((error) => void errors.push(error));
  const nodeRedis = await find(redis);
  if (nodeRedis) return openNodeRedis(nodeRedis as NodeRedisPackage, server);
  const other = await find(ioredis);
  if (other) return openIoredis(other as IoredisPackage, server);
  throw new SessionError(
    "STORE_UNAVAILABLE",
    'No Redis client was found: run "npm install redis" (or "ioredis"), or give redisStore a client of yours.',
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
): Promise<OwnLink> {
  if (cluster) {
    const { nodes, username, password, isSecure } = cluster;
    const socket = isSecure ? { tls: true } : {};
    const client = createCluster({
      rootNodes: nodes.map((node) => ({ socket: { ...socket, ...node } })),
      defaults: { username, password, socket, disableOfflineQueue: true },
      // Else one node that is down would keep the others from being used.
      minimizeConnections: true,
    });
    const close = await connect(client, () => client.destroy());
    return { ...nodeRedisClusterLink(client), close };
  }
  const retry = backOff(false);
  const client = createClient({ url, disableOfflineQueue: true, socket: { reconnectStrategy: retry.delay } });
  const close = await connect(client, () => client.destroy());
  retry.start();
  return { ...nodeRedisLink(client), close };
}

async function openIoredis({ Redis, Cluster }: IoredisPackage, { url, cluster }: RedisServer): Promise<OwnLink> {
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
  return { ...ioredisLink(client, false), close };
}

/** How long to wait before a connection is made again, in milliseconds; not at all before there was one. */
function backOff<T>(never: T): { delay(retries: number): number | T; start(): void } {
  let isStarted = false;
  return {
    delay: (retries) => (isStarted ? Math.min(25 * 2 ** retries, 1_000) : never),
    start() {
      isStarted = true;
    },
  };
}

/** Gives what closes the client again; one that could not connect is closed already. */
async function connect(client: OwnClient, end: () => void): Promise<() => void> {
  let latest: unknown;
  client.on("error", (error) => {
    latest = error;
  });
  const close = (): void => {
    try {
      end();
    } catch {
      // It was closed before, which node-redis 5 takes for a mistake.
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

/** What ioredis' own promise does not tell of a cluster that answers and is not well. */
function ended(client: OwnClient): Promise<never> {
  return new Promise((_, reject) => client.on("end", () => reject(new Error("the connection was closed"))));
}
