import type { RedisClient } from "coatcheck/stores/redis";
import { Cluster as Cluster5, Redis as Redis5 } from "ioredis";
import { Cluster as Cluster6, Redis as Redis6 } from "ioredis6";
import { createClient, createClientPool, createCluster, RESP_TYPES } from "redis";
import {
  createClient as createClient5,
  createCluster as createCluster5,
  createClientPool as createPool5,
} from "redis5";

/** A client of the application's, connected. */
export interface Connected {
  readonly client: RedisClient;
  close(): Promise<unknown> | unknown;
}

type Connect = (url: string) => Promise<Connected>;

const ignore = (): void => undefined;

/** What the clients have short limits for by default, and which a server may take longer for that starts on a busy machine. */
const patienceMs = 300_000;
const commandOptions = { timeout: patienceMs };
const pooled = { minimum: 2, maximum: 4, acquireTimeout: patienceMs };

/** Clients of a single server, by their name. */
export const single: Readonly<Record<string, Connect>> = {
  "node-redis 5": async (url) => {
    const client = await createClient5({ url, commandOptions }).on("error", ignore).connect();
    return { client, close: () => client.destroy() };
  },
  "node-redis 6": async (url) => {
    const client = await createClient({ url, commandOptions }).on("error", ignore).connect();
    return { client, close: () => client.destroy() };
  },
  "a pool of node-redis 5": async (url) => {
    const client = createPool5({ url, commandOptions }, pooled).on("error", ignore);
    await client.connect();
    return { client, close: () => client.close() };
  },
  "a pool of node-redis 6": async (url) => {
    const client = createClientPool({ url, commandOptions }, pooled).on("error", ignore);
    await client.connect();
    return { client, close: () => client.close() };
  },
  "ioredis 5": async (url) => {
    const client = new Redis5(url).on("error", ignore);
    return { client, close: () => client.disconnect() };
  },
  "ioredis 6": async (url) => {
    const client = new Redis6(url).on("error", ignore);
    return { client, close: () => client.disconnect() };
  },
};

/** Clients of a cluster, whose URL is redis+cluster://host:port,host:port. */
export const clustered: Readonly<Record<string, Connect>> = {
  "a cluster of node-redis 5": async (url) => {
    const client = createCluster5({ rootNodes: nodesOf(url).map((socket) => ({ socket })) }).on("error", ignore);
    await client.connect();
    return { client, close: () => client.destroy() };
  },
  "a cluster of node-redis 6": async (url) => {
    const client = createCluster({ rootNodes: nodesOf(url).map((socket) => ({ socket })) }).on("error", ignore);
    await client.connect();
    return { client, close: () => client.destroy() };
  },
  "a cluster of ioredis 5": async (url) => {
    const client = new Cluster5(nodesOf(url)).on("error", ignore);
    return { client, close: () => client.disconnect() };
  },
  "a cluster of ioredis 6": async (url) => {
    const client = new Cluster6(nodesOf(url)).on("error", ignore);
    return { client, close: () => client.disconnect() };
  },
};

/** Clients that are set up in unusual ways. */
export const unusual: Readonly<Record<string, Connect>> = {
  "node-redis 5 whose text comes as Buffers": async (url) => {
    const client = createClient5({
      url,
      RESP: 3,
      commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    });
    await client.on("error", ignore).connect();
    return { client, close: () => client.destroy() };
  },
  "node-redis 6 with RESP 2, keyPrefix and numbers as text": async (url) => {
    const commandOptions = { typeMapping: { [RESP_TYPES.NUMBER]: String } };
    const client = createClient({ url, RESP: 2, keyPrefix: "app:", commandOptions });
    await client.on("error", ignore).connect();
    return { client, close: () => client.destroy() };
  },
  "ioredis 5 with keyPrefix, automatic pipelines and numbers as text": async (url) => {
    const options = { keyPrefix: "a*[p]p:", enableAutoPipelining: true, stringNumbers: true };
    const client = new Redis5(url, options).on("error", ignore);
    return { client, close: () => client.disconnect() };
  },
  "ioredis 6 with replies of RESP 3": async (url) => {
    const client = new Redis6(url, { protocol: 3, replyMapping: "resp3", lazyConnect: true }).on("error", ignore);
    return { client, close: () => client.disconnect() };
  },
};

export const unusualClustered: Readonly<Record<string, Connect>> = {
  "a cluster of ioredis 5 with keyPrefix, automatic pipelines and reads from replicas": async (url) => {
    const options = { keyPrefix: "app:", enableAutoPipelining: true, scaleReads: "all" } as const;
    const client = new Cluster5(nodesOf(url), options).on("error", ignore);
    return { client, close: () => client.disconnect() };
  },
};

export function nodesOf(url: string): { host: string; port: number }[] {
  return url
    .replace("redis+cluster://", "")
    .split(",")
    .map((host) => ({ host: host.split(":")[0]!, port: Number(host.split(":")[1]) }));
}
