import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FaultProxy, startProxy } from "../test/support/proxy/proxy.ts";
import { startMariadb } from "../test/support/servers/mariadb.ts";
import { startMongodb } from "../test/support/servers/mongodb.ts";
import type { OwnServer } from "../test/support/servers/own-server.ts";
import { startPostgres } from "../test/support/servers/postgres.ts";
import { startRedis } from "../test/support/servers/redis.ts";
import { startRedisCluster } from "../test/support/servers/redis-cluster.ts";
import { type Fault, networkFaults, scriptFaults, serverFaults } from "./faults/faults.ts";

/** Where a store is, for the time of a run. */
export interface Target {
  /** What it is, where that is not what its name says. */
  readonly label?: string;
  /** For the workers. */
  readonly url: string;
  /** The same without a proxy in between. */
  readonly directUrl: string;
  /** Other processes see it. */
  readonly isShared: boolean;
  readonly faults: readonly Fault[];
  dispose(): Promise<void>;
}

/** Every store that a URL can name, on servers of the soak's own. */
export const targets: Readonly<Record<string, (seed: number) => Promise<Target>>> = {
  memory: async () => ({
    url: "memory:",
    directUrl: "memory:",
    isShared: false,
    faults: [],
    dispose: async () => undefined,
  }),
  file: () => inFolder((folder) => `file:${folder}/sessions`),
  sqlite: () => inFolder((folder) => `sqlite:${folder}/sessions.db`),
  postgres: async (seed) => behindProxy(await startPostgres(), seed),
  mariadb: async (seed) => behindProxy(await startMariadb(), seed),
  redis: async (seed) => {
    const server = await startRedis();
    return behindProxy(server, seed, scriptFaults([server]));
  },
  "redis-cluster": async () => {
    const { url, nodes, dispose } = await startRedisCluster();
    // Its nodes name each other's addresses to the clients, who would go round a proxy.
    const faults = [...serverFaults(nodes), ...scriptFaults(nodes)];
    return { url, directUrl: url, isShared: true, faults, dispose };
  },
  mongodb: async (seed) => {
    const server = await startMongodb();
    return { ...(await behindProxy(server, seed)), label: server.kind === "double" ? "mongodb (double)" : "mongodb" };
  },
};

async function inFolder(urlIn: (folder: string) => string): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-soak-"));
  const url = urlIn(folder);
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  return { url, directUrl: url, isShared: true, faults: [], dispose };
}

async function behindProxy(server: OwnServer, seed: number, more: readonly Fault[] = []): Promise<Target> {
  const proxy: FaultProxy = await startProxy(server.url, { seed });
  return {
    url: proxy.url,
    directUrl: server.url,
    isShared: true,
    faults: [...networkFaults(proxy), ...serverFaults([server]), ...more],
    async dispose() {
      await proxy.close();
      await server.dispose();
    },
  };
}
