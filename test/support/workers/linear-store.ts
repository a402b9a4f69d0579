import type { SessionStore } from "coatcheck";
import { openStore } from "coatcheck/stores/open";
import { redisStore } from "coatcheck/stores/redis";
import { createCluster } from "redis";

/** Where a proxy stands before each node of a cluster: the node's own host and port, and the proxy's port. */
export type Detours = Readonly<Record<string, number>>;

/** The store of a URL; with detours a Redis Cluster's, whose nodes tell each client their own addresses. */
export async function openVia(url: string, detours: Detours | undefined): Promise<SessionStore> {
  if (!detours) return openStore(url);
  const toProxy = (port: number) => ({ host: "127.0.0.1", port });
  const cluster = createCluster({
    rootNodes: Object.values(detours).map((port) => ({ socket: toProxy(port) })),
    nodeAddressMap: (address) => (detours[address] === undefined ? undefined : toProxy(detours[address])),
  });
  cluster.on("error", () => undefined);
  await cluster.connect();
  const prefix = new URLSearchParams(url.split("?")[1]).get("prefix") ?? undefined;
  return { ...redisStore({ client: cluster, prefix }), close: async () => cluster.destroy() };
}
