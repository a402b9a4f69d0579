import { setTimeout as sleep } from "node:timers/promises";
import type { OwnServer } from "./own-server.ts";
import { secondPort } from "./port.ts";
import { type RedisOptions, startRedisWith } from "./redis.ts";
import { commandRedis } from "./redis-command.ts";

export interface OwnCluster extends AsyncDisposable {
  /** `redis+cluster://host:port,host:port,…` */
  readonly url: string;
  /** Three masters, each with a third of the slots. */
  readonly nodes: readonly OwnServer[];
  dispose(): Promise<void>;
}

const SLOTS = 16_384;
const NODES = 3;
const PATIENCE = 180_000;

/** A Redis Cluster of its own. */
export async function startRedisCluster(options: RedisOptions = {}): Promise<OwnCluster> {
  const started = await Promise.allSettled(Array.from({ length: NODES }, () => startNode(options)));
  const nodes = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const dispose = async () => {
    await Promise.all(nodes.map((node) => node.dispose()));
  };
  try {
    for (const result of started) if (result.status === "rejected") throw result.reason;
    await join(nodes);
  } catch (error) {
    await dispose();
    throw error;
  }
  const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`);
  return { url: `redis+cluster://${hosts.join(",")}`, nodes, dispose, [Symbol.asyncDispose]: dispose };
}

function startNode({ args = [], program }: RedisOptions): Promise<OwnServer> {
  const cluster = ["--cluster-enabled", "yes", "--cluster-node-timeout", "10000"];
  return startRedisWith((port) => [...cluster, "--cluster-port", `${secondPort(port)}`, ...args], program);
}

/** What `redis-cli --cluster create` does, without the need for redis-cli. */
async function join(nodes: readonly OwnServer[]): Promise<void> {
  for (const [index, { port }] of nodes.entries()) {
    const from = Math.ceil((index * SLOTS) / NODES);
    const to = Math.ceil(((index + 1) * SLOTS) / NODES) - 1;
    await commandRedis(port, "CLUSTER", "ADDSLOTSRANGE", `${from}`, `${to}`);
    await commandRedis(port, "CLUSTER", "SET-CONFIG-EPOCH", `${index + 1}`);
    for (const other of nodes.slice(0, index)) {
      await commandRedis(port, "CLUSTER", "MEET", "127.0.0.1", `${other.port}`, `${secondPort(other.port)}`);
    }
  }
  const deadline = Date.now() + PATIENCE;
  while (!(await isWhole(nodes))) {
    if (Date.now() > deadline) throw new Error(`The Redis nodes did not become a cluster in ${PATIENCE} ms.`);
    await sleep(50);
  }
}

/** Every node knows all nodes and answers for the whole cluster. */
async function isWhole(nodes: readonly OwnServer[]): Promise<boolean> {
  const infos = await Promise.all(nodes.map(({ port }) => commandRedis(port, "CLUSTER", "INFO")));
  return infos.every((info) => /cluster_state:ok/.test(`${info}`) && /cluster_known_nodes:3\b/.test(`${info}`));
}
