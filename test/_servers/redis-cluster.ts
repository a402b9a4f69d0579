import { setTimeout as sleep } from "node:timers/promises";
import type { OwnServer } from "./own-server.ts";
import { freePort } from "./port.ts";
import { type RedisOptions, startRedis } from "./redis.ts";
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
const PATIENCE = 60_000;

/** A Redis Cluster of its own. */
export async function startRedisCluster(options: RedisOptions = {}): Promise<OwnCluster> {
  const started = await Promise.allSettled(Array.from({ length: NODES }, () => startNode(options)));
  const members = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const nodes = members.map(({ node }) => node);
  const dispose = async () => {
    await Promise.all(nodes.map((node) => node.dispose()));
  };
  try {
    for (const result of started) if (result.status === "rejected") throw result.reason;
    await join(members);
  } catch (error) {
    await dispose();
    throw error;
  }
  const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`);
  return { url: `redis+cluster://${hosts.join(",")}`, nodes, dispose, [Symbol.asyncDispose]: dispose };
}

interface Member {
  readonly node: OwnServer;
  /** The nodes talk to each other on a second port. */
  readonly bus: number;
}

async function startNode({ args = [] }: RedisOptions): Promise<Member> {
  const bus = await freePort();
  const cluster = ["--cluster-enabled", "yes", "--cluster-port", `${bus}`, "--cluster-node-timeout", "2000"];
  return { node: await startRedis({ args: [...cluster, ...args] }), bus };
}

/** What `redis-cli --cluster create` does, without the need for redis-cli. */
async function join(members: readonly Member[]): Promise<void> {
  const [first] = members;
  for (const [index, { node }] of members.entries()) {
    const from = Math.ceil((index * SLOTS) / NODES);
    const to = Math.ceil(((index + 1) * SLOTS) / NODES) - 1;
    await commandRedis(node.port, "CLUSTER", "ADDSLOTSRANGE", `${from}`, `${to}`);
    await commandRedis(node.port, "CLUSTER", "SET-CONFIG-EPOCH", `${index + 1}`);
    if (index > 0)
      await commandRedis(node.port, "CLUSTER", "MEET", "127.0.0.1", `${first!.node.port}`, `${first!.bus}`);
  }
  const deadline = Date.now() + PATIENCE;
  while (!(await isWhole(members))) {
    if (Date.now() > deadline) throw new Error(`The Redis nodes did not become a cluster in ${PATIENCE} ms.`);
    await sleep(50);
  }
}

/** Every node knows all nodes and answers for the whole cluster. */
async function isWhole(members: readonly Member[]): Promise<boolean> {
  const infos = await Promise.all(members.map(({ node }) => commandRedis(node.port, "CLUSTER", "INFO")));
  return infos.every((info) => /cluster_state:ok/.test(`${info}`) && /cluster_known_nodes:3\b/.test(`${info}`));
}
