import { waitUnlessAborted } from "../abort.ts";
import type { CommandClient, RedisSend } from "../client.ts";
import { unsent } from "../errors.ts";

/** Bun's `RedisClient`. */
export interface BunRedisClient {
  readonly connected: boolean;
  connect(): Promise<unknown>;
  send(command: string, values: string[]): Promise<unknown>;
}

export function adaptBun(client: BunRedisClient): CommandClient {
  const send: RedisSend = async ([name = "", ...values], call) => {
    // Connect first, because Bun cannot cancel a command that waits for a connection.
    if (!client.connected) await waitUnlessAborted(connected(client), call);
    return client.send(name, values);
  };
  return {
    send: (_key, command, call) => send(command, call),
    primaries: async () => [send],
    keyPrefix: "",
  };
}

async function connected(client: BunRedisClient): Promise<void> {
  try {
    await client.connect();
  } catch (error) {
    throw unsent("has no connection to Redis", error);
  }
}
