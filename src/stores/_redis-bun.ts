import { unsent } from "./_redis-errors.ts";
import type { Call, RedisLink, RedisSend } from "./_redis-link.ts";

/** Bun's `RedisClient`. */
export interface BunRedisClient {
  readonly connected: boolean;
  connect(): Promise<unknown>;
  send(command: string, values: string[]): Promise<unknown>;
}

export function bunLink(client: BunRedisClient): RedisLink {
  const send: RedisSend = async ([name = "", ...values], call) => {
    // Connected first, because Bun has no way to take a command back that waits for a connection.
    if (!client.connected) await connected(client, call);
    return client.send(name, values);
  };
  return {
    send: (_key, command, call) => send(command, call),
    primaries: async () => [send],
    keyPrefix: "",
  };
}

async function connected(client: BunRedisClient, call: Call): Promise<void> {
  const signal = call?.signal;
  try {
    await client.connect();
  } catch (error) {
    throw unsent("has no connection to Redis", error);
  }
  if (signal?.aborted) throw unsent("gave this operation up before it was sent", signal.reason);
}
