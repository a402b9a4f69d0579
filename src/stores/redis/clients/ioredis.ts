import { type Call, waitUnlessAborted } from "../abort.ts";
import type { CommandClient, RedisSend } from "../client.ts";
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
 * ioredis cannot cancel a command that waits for a connection, so commands wait here. After a lost connection it sends
 * unanswered commands again (`autoResendUnfulfilledCommands`). That is safe: a `create` recognises its own record; a
 * `replace` finds its own version and is refused, so that the core reads the record and finds its commit; only a `delete`
 * may report "not found" for a record that it deleted itself.
 *
 * @param waits true: commands wait for a connection; false: they fail at once without one
 */
export function adaptIoredis(client: IoredisClient | IoredisCluster, waits: boolean): CommandClient {
  const cluster = "nodes" in client ? client : undefined;
  const readsFromReplicas = cluster !== undefined && cluster.options.scaleReads !== "master";
  let waiting: Promise<void> | undefined;

  const ready = async (call: Call): Promise<void> => {
    if (waits && client.status !== "end") {
      waiting ??= settled(client).finally(() => {
        waiting = undefined;
      });
      await waitUnlessAborted(waiting, call);
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

/** In lower case, like ioredis itself: older versions find the keys of no other spelling. */
const callOn = (client: IoredisClient, [name = "", ...values]: readonly string[]): Promise<unknown> =>
  client.call(name.toLowerCase(), ...values);

/** With `scaleReads` a read would go to a replica, which may be behind. Scripts always go to the primary. */
function onPrimary(command: readonly string[]): readonly string[] {
  const [name = "", key = "", ...values] = command;
  if (name.startsWith("EVAL")) return command;
  return ["EVAL", "return redis.call(ARGV[1], KEYS[1], unpack(ARGV, 2))", "1", key, name, ...values];
}

/** Resolves when the client has a connection or has given up. */
function settled(client: IoredisClient): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      client.off("ready", settle);
      client.off("end", settle);
      resolve();
    };
    client.on("ready", settle);
    client.on("end", settle);
    // A lazy client connects on first use. It reports failures by its own "error" event.
    if (client.status === "wait") client.connect().catch(() => undefined);
  });
}
