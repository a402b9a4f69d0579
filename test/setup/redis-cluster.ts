import { startRedisCluster } from "../_servers/redis-cluster.ts";
import { redisPrograms, redisVersion } from "./redis.ts";
import { provideServer } from "./server.ts";
import type { Service } from "./service.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** `redis+cluster://host:port,host:port,…`: others may use it too; keys need a prefix of the test's own. */
    redisCluster: string | undefined;
  }
}

export const redisCluster: Service<"redisCluster"> = {
  key: "redisCluster",
  start: () =>
    provideServer({
      ...redisPrograms,
      variable: "REDIS_CLUSTER_URL",
      start: startRedisCluster,
      async version(url) {
        const nodes = url.replace("redis+cluster://", "").split(",");
        return `${await redisVersion(`redis://${nodes[0]}`)} on ${nodes.length} nodes`;
      },
    }),
};
