import { isError } from "../../../core/language/shape.ts";
import { reason } from "../../shared/client-error.ts";
import type { Call } from "../abort.ts";
import type { CommandClient, RedisSend } from "../client.ts";
import { unsent } from "../errors.ts";

interface CommandOptions {
  abortSignal?: AbortSignal;
  /** How long a command may wait before it is sent. A timer costs a fifth of a command. */
  timeout?: number | undefined;
  typeMapping?: Record<never, never>;
}

/** node-redis: `createClient()` and `createClientPool()`. */
export interface NodeRedisClient {
  /** Absent for a pool. */
  readonly isReady?: boolean | undefined;
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

// node-redis adds its keyPrefix only in its own command methods, not in `sendCommand`.

export function adaptNodeRedis(client: NodeRedisClient): CommandClient {
  const send = sendWith(client);
  return { send: (_key, command, call) => send(command, call), primaries: async () => [send], keyPrefix: "" };
}

export function adaptNodeRedisCluster(cluster: NodeRedisCluster): CommandClient {
  return {
    // `isReadonly` is false, so that commands go to the primary even with `useReplicas`.
    send: (key, command, call) => cluster.sendCommand(key, false, [...command], options(call)).catch(fail),
    primaries: () =>
      Promise.all(cluster.masters.map(async (node) => sendWith(await cluster.nodeClient(node as never)))),
    keyPrefix: "",
  };
}

/** A server that has not answered for this long may accept no more commands; then they wait in the client. */
const responsiveMs = 50;

function sendWith(client: NodeRedisClient): RedisSend {
  let unanswered = 0;
  let answeredAt = 0;

  const answered = (): void => {
    unanswered--;
    answeredAt = performance.now();
  };

  return (command, call) => {
    const isAtOnce = client.isReady === true && (unanswered === 0 || performance.now() - answeredAt < responsiveMs);
    if (unanswered++ === 0) answeredAt = performance.now();
    const reply = client.sendCommand([...command], isAtOnce ? atOnce : options(call));
    reply.then(answered, answered);
    return reply.catch(fail);
  };
}

/** Returns strings, whatever type mapping the client has. */
const plain: CommandOptions = { typeMapping: {} };
const atOnce: CommandOptions = { ...plain, timeout: undefined };

/** The signal cancels a command that the client has not sent yet. */
const options = (call: Call): CommandOptions => (call ? { ...atOnce, abortSignal: call.signal } : plain);

/** Errors of node-redis for commands that were not sent, by the name of their constructor, the only name they have. */
const notSent: ReadonlySet<string> = new Set([
  "ClientClosedError",
  "ClientOfflineError",
  "AbortError",
  "RootNodesUnavailableError",
]);

function fail(error: unknown): never {
  if (!isError(error) || !notSent.has(error.constructor.name)) throw error;
  throw unsent(`could not reach Redis (${reason(error)})`, error);
}
