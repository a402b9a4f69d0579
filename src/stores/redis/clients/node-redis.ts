import { isError } from "../../../core/language/shape.ts";
import { reason } from "../../shared/client-error.ts";
import type { Call } from "../abort.ts";
import type { RedisLink, RedisSend } from "../client.ts";
import { unsent } from "../errors.ts";

interface CommandOptions {
  abortSignal?: AbortSignal;
  /** How long a command may wait before it is sent. A timer for each costs a fifth of it. */
  timeout?: number | undefined;
  typeMapping?: Record<never, never>;
}

/** node-redis: `createClient()` and `createClientPool()`. */
export interface NodeRedisClient {
  /** A pool does not tell. */
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

// Of its keyPrefix node-redis makes use in its own commands only, not in those that it just sends.

export function nodeRedisLink(client: NodeRedisClient): RedisLink {
  const send = sendWith(client);
  return { send: (_key, command, call) => send(command, call), primaries: async () => [send], keyPrefix: "" };
}

export function nodeRedisClusterLink(cluster: NodeRedisCluster): RedisLink {
  return {
    // "Not read-only", so that it goes to the primary also with `useReplicas`.
    send: (key, command, call) => cluster.sendCommand(key, false, [...command], options(call)).catch(fail),
    primaries: () =>
      Promise.all(cluster.masters.map(async (node) => sendWith(await cluster.nodeClient(node as never)))),
    keyPrefix: "",
  };
}

/** A server that has not answered for so many milliseconds may not take more; then commands wait in the client. */
const patience = 50;

function sendWith(client: NodeRedisClient): RedisSend {
  let unanswered = 0;
  let answeredAt = 0;

  const answered = (): void => {
    unanswered--;
    answeredAt = performance.now();
  };

  return (command, call) => {
    const isAtOnce = client.isReady === true && (unanswered === 0 || performance.now() - answeredAt < patience);
    if (unanswered++ === 0) answeredAt = performance.now();
    const reply = client.sendCommand([...command], isAtOnce ? atOnce : options(call));
    reply.then(answered, answered);
    return reply.catch(fail);
  };
}

/** Text comes as text, whatever the client is set to. */
const plain: CommandOptions = { typeMapping: {} };
const atOnce: CommandOptions = { ...plain, timeout: undefined };

/** The signal takes a command back that the client did not send yet. */
const options = (call: Call): CommandOptions => (call ? { ...atOnce, abortSignal: call.signal } : plain);

/** What node-redis throws when it did not send a command. The classes have no name but that of their constructor. */
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
