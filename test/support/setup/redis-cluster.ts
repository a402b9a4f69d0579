import { startRedisCluster } from "../servers/redis-cluster.ts";
import { redisPrograms, redisVersion } from "./redis.ts";
import { provideServer } from "./server.ts";
import type { Service } from "./service.ts";

export const redisCluster: Service<string> = {
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
