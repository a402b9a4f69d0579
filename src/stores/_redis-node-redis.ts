import { reason, unsent } from "./_redis-errors.ts";
import type { RedisLink, RedisSend } from "./_redis-link.ts";

interface CommandOptions {
  abortSignal?: AbortSignal;
  typeMapping?: Record<never, never>;
}

/** node-redis: `createClient()` and `createClientPool()`. */
export interface NodeRedisClient {
  sendCommand(command: string[], options?: CommandOptions): Promise<unknown>;
}

/** node-redis: `createCluster()`. */
export interface NodeRedisCluster {
  readonly masters: readonly unknown[];
  nodeClient(node: never): Promise<NodeRedisClient>;
  sendCommand(
    key: string | undefined,
    isReadonly: boolean | undefined,
    command: string[],
    options?: CommandOptions,
  ): Promise<unknown>;
}

// Of its keyPrefix node-redis makes use in its own commands only, not in those that it just sends.

export function nodeRedisLink(client: NodeRedisClient): RedisLink {
  const send = sendWith(client);
  return {
    send: (_key, command, signal) => send(command, signal),
    primaries: async () => [send],
    keyPrefix: "",
  };
}

export function nodeRedisClusterLink(cluster: NodeRedisCluster): RedisLink {
  return {
    // "Not read-only", so that it goes to the primary also with `useReplicas`.
    send: (key, command, signal) => settled(cluster.sendCommand(key, false, [...command], options(signal))),
    primaries: () =>
      Promise.all(cluster.masters.map(async (node) => sendWith(await cluster.nodeClient(node as never)))),
    keyPrefix: "",
  };
}

const sendWith =
  (client: NodeRedisClient): RedisSend =>
  (command, signal) =>
    settled(client.sendCommand([...command], options(signal)));

/** The signal takes a command out of the queue that was not sent yet. No mapping: text comes as text, whatever the client is set to. */
const options = (signal: AbortSignal | undefined): CommandOptions =>
  signal ? { abortSignal: signal, typeMapping: {} } : { typeMapping: {} };

/** What node-redis throws when it did not send a command. The classes have no name but that of their constructor. */
const notSent: ReadonlySet<string> = new Set([
  "ClientClosedError",
  "ClientOfflineError",
  "AbortError",
  "RootNodesUnavailableError",
]);

async function settled(reply: Promise<unknown>): Promise<unknown> {
  try {
    return await reply;
  } catch (error) {
    const isUnsent = error instanceof Error && notSent.has(error.constructor.name);
    throw isUnsent ? unsent(`could not reach Redis (${reason(error)})`, error) : error;
  }
}
