import { invalidOption } from "../../../types/errors.ts";
import type { CommandClient } from "../client.ts";
import { adaptBun, type BunRedisClient } from "./bun.ts";
import { adaptIoredis, type IoredisClient, type IoredisCluster } from "./ioredis.ts";
import { adaptNodeRedis, adaptNodeRedisCluster, type NodeRedisClient, type NodeRedisCluster } from "./node-redis.ts";

/**
 * A connected client: node-redis 5 or 6 (`createClient`, `createClientPool`, `createCluster`), ioredis 5 or 6 (`Redis`,
 * `Cluster`), or Bun's `RedisClient`.
 */
export type RedisClient = NodeRedisClient | NodeRedisCluster | IoredisClient | IoredisCluster | BunRedisClient;

/** Detects the package of a client and adapts it. @throws SessionError INVALID_OPTION for any other object */
export function adaptClient(client: RedisClient): CommandClient {
  if (has(client, "call", "once") && "status" in client) return adaptIoredis(client as IoredisClient, true);
  if (has(client, "sendCommand", "nodeClient")) return adaptNodeRedisCluster(client as NodeRedisCluster);
  // A sentinel client's sendCommand takes other arguments.
  if (has(client, "sendCommand") && !has(client, "acquire")) return adaptNodeRedis(client as NodeRedisClient);
  if (has(client, "send", "connect")) return adaptBun(client as BunRedisClient);
  throw invalidOption(
    "client must be a client of node-redis (createClient, createClientPool or createCluster), of ioredis (Redis or Cluster), or Bun's RedisClient.",
  );
}

function has(client: unknown, ...methods: string[]): client is object {
  const found = Object(client) as Record<string, unknown>;
  return methods.every((method) => typeof found[method] === "function");
}
