import { invalidOption } from "../../../types/errors.ts";
import type { RedisLink } from "../client.ts";
import { type BunRedisClient, bunLink } from "./bun.ts";
import { type IoredisClient, type IoredisCluster, ioredisLink } from "./ioredis.ts";
import { type NodeRedisClient, type NodeRedisCluster, nodeRedisClusterLink, nodeRedisLink } from "./node-redis.ts";

/**
 * A connected client: node-redis 5 or 6 (`createClient`, `createClientPool`, `createCluster`), ioredis 5 or 6 (`Redis`,
 * `Cluster`), or Bun's `RedisClient`.
 */
export type RedisClient = NodeRedisClient | NodeRedisCluster | IoredisClient | IoredisCluster | BunRedisClient;

/** @throws SessionError INVALID_OPTION for what is no such client */
export function linkTo(client: RedisClient): RedisLink {
  if (has(client, "call", "once") && "status" in client) return ioredisLink(client as IoredisClient, true);
  if (has(client, "sendCommand", "nodeClient")) return nodeRedisClusterLink(client as NodeRedisCluster);
  // A sentinel client's sendCommand takes other arguments.
  if (has(client, "sendCommand") && !has(client, "acquire")) return nodeRedisLink(client as NodeRedisClient);
  if (has(client, "send", "connect")) return bunLink(client as BunRedisClient);
  throw invalidOption(
    "client must be a client of node-redis (createClient, createClientPool or createCluster), of ioredis (Redis or Cluster), or Bun's RedisClient.",
  );
}

function has(client: unknown, ...methods: string[]): client is object {
  const found = Object(client) as Record<string, unknown>;
  return methods.every((method) => typeof found[method] === "function");
}
