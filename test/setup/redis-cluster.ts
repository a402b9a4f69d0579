import { given } from "./given.ts";
import type { Service } from "./service.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** `redis+cluster://host:port,host:port,…` */
    redisCluster: string | undefined;
  }
}

export const redisCluster: Service<"redisCluster"> = {
  key: "redisCluster",
  start: async () => given("REDIS_CLUSTER_URL"),
};
