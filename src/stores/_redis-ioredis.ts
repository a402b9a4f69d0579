import { unsent } from "./_redis-errors.ts";
import type { RedisLink, RedisSend } from "./_redis-link.ts";

/** ioredis: `Redis`. */
export interface IoredisClient {
  readonly status: string;
  readonly options: { readonly keyPrefix?: string | undefined; readonly scaleReads?: unknown };
  call(command: string, ...values: string[]): Promise<unknown>;
  connect(): Promise<unknown>;
  once(event: "ready" | "end", listener: () => void): unknown;
}

/** ioredis: `Cluster`. */
export interface IoredisCluster extends IoredisClient {
  nodes(role: "master"): IoredisClient[];
}

/**
 * ioredis has no way to take a command back that waits for a connection, so commands wait here.
 *
 * @param waits while there is no connection; false: fail at once.
 */
export function ioredisLink(client: IoredisClient | IoredisCluster, waits: boolean): RedisLink {
  let readiness: Promise<void> | undefined;

  const becomesReady = (): Promise<void> => {
    readiness ??= new Promise<void>((resolve) => {
      client.once("ready", resolve);
      client.once("end", resolve);
      // A lazy client waits for its first use. Why it cannot connect it tells by its own "error" event.
      if (client.status === "wait") client.connect().catch(() => undefined);
    }).finally(() => {
      readiness = undefined;
    });
    return readiness;
  };

  const ready = async (signal: AbortSignal | undefined): Promise<void> => {
    if (client.status === "end" || !waits) throw unsent(`has no connection to Redis (${client.status})`);
    await Promise.race([becomesReady(), aborted(signal)]);
    if (client.status !== "ready") throw unsent(`has no connection to Redis (${client.status})`);
  };

  const send: RedisSend = async (command, signal) => {
    if (client.status !== "ready") await ready(signal);
    if (signal?.aborted) throw unsent("gave this operation up before it was sent", signal.reason);
    return callOn(client, command);
  };

  return {
    send: (_key, command, signal) => send(command, signal),
    async primaries() {
      if (!("nodes" in client)) return [send];
      if (client.status !== "ready") await ready(undefined);
      return client.nodes("master").map((node) => (command) => callOn(node, command));
    },
    keyPrefix: client.options.keyPrefix ?? "",
    readsFromReplicas: "nodes" in client && client.options.scaleReads !== "master",
  };
}

/** In lower case, because that is how ioredis knows where the keys are. */
const callOn = (client: IoredisClient, [name = "", ...values]: readonly string[]): Promise<unknown> =>
  client.call(name.toLowerCase(), ...values);

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(unsent("waited in vain for a connection to Redis", signal?.reason));
    if (signal?.aborted) fail();
    signal?.addEventListener("abort", fail, { once: true });
  });
}
