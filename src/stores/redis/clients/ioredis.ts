import { type Call, inTime } from "../abort.ts";
import type { RedisLink, RedisSend } from "../client.ts";
import { unsent } from "../errors.ts";

/** ioredis: `Redis`. */
export interface IoredisClient {
  readonly status: string;
  readonly options: { readonly keyPrefix?: string | undefined; readonly scaleReads?: unknown };
  call(command: string, ...values: string[]): Promise<unknown>;
  connect(): Promise<unknown>;
  on(event: "ready" | "end", listener: () => void): unknown;
  off(event: "ready" | "end", listener: () => void): unknown;
}

/** ioredis: `Cluster`. */
export interface IoredisCluster extends IoredisClient {
  nodes(role: "master"): IoredisClient[];
}

/**
 * ioredis cannot take a command back that waits for a connection, so commands wait here. What it has sent it sends once more
 * after the connection was lost (`autoResendUnfulfilledCommands`). The scripts can bear that: a `create` knows itself again,
 * a `replace` finds its own version and is refused, so that the core looks and finds its commit; only a `delete` may say
 * "was not there" of what it deleted itself.
 *
 * @param waits for a connection while there is none; false: fails at once.
 */
export function ioredisLink(client: IoredisClient | IoredisCluster, waits: boolean): RedisLink {
  const cluster = "nodes" in client ? client : undefined;
  const readsFromReplicas = cluster !== undefined && cluster.options.scaleReads !== "master";
  let waiting: Promise<void> | undefined;

  const ready = async (call: Call): Promise<void> => {
    if (waits && client.status !== "end") {
      waiting ??= settled(client).finally(() => {
        waiting = undefined;
      });
      await inTime(waiting, call);
    }
    if (client.status !== "ready") throw unsent(`has no connection to Redis (${client.status})`);
  };

  const send: RedisSend = async (command, call) => {
    if (client.status !== "ready") await ready(call);
    return callOn(client, command);
  };

  return {
    send: (_key, command, call) => send(readsFromReplicas ? onPrimary(command) : command, call),
    async primaries(call) {
      if (!cluster) return [send];
      if (client.status !== "ready") await ready(call);
      return cluster.nodes("master").map((node) => (command) => callOn(node, command));
    },
    keyPrefix: client.options.keyPrefix ?? "",
  };
}

/** In lower case, as ioredis itself writes them: older versions find the keys of no other spelling. */
const callOn = (client: IoredisClient, [name = "", ...values]: readonly string[]): Promise<unknown> =>
  client.call(name.toLowerCase(), ...values);

/** With `scaleReads` a replica would be asked, which may not know yet what was written. Scripts go to the primary. */
function onPrimary(command: readonly string[]): readonly string[] {
  const [name = "", key = "", ...values] = command;
  if (name.startsWith("EVAL")) return command;
  return ["EVAL", "return redis.call(ARGV[1], KEYS[1], unpack(ARGV, 2))", "1", key, name, ...values];
}

/** Until the client has a connection, or has given up. */
function settled(client: IoredisClient): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      client.off("ready", settle);
      client.off("end", settle);
      resolve();
    };
    client.on("ready", settle);
    client.on("end", settle);
    // A lazy client waits for its first use. Why it cannot connect it tells by its own "error" event.
    if (client.status === "wait") client.connect().catch(() => undefined);
  });
}
