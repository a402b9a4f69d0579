import { redisStore } from "coatcheck/stores/redis";
import { storeConformance } from "coatcheck/testing";
import { afterAll, beforeAll, describe, test } from "vitest";
import { service } from "../../support/service.ts";
import { type Connected, clustered, single, unusual, unusualClustered } from "../../support/stores/redis/clients.ts";
import { newPrefix } from "../../support/stores/redis.ts";

const redisUrl = await service("redis");
const redisClusterUrl = await service("redisCluster");

for (const [url, clients] of [
  [redisUrl, { ...single, ...unusual }],
  [redisClusterUrl, { ...clustered, ...unusualClustered }],
] as const) {
  for (const [name, connect] of Object.entries(clients)) {
    describe.skipIf(url === undefined)(
      `B9 B10 B12 B18 B51 B52: the redis store keeps the contract with ${name}`,
      () => {
        let connected: Connected;
        beforeAll(async () => {
          connected = await connect(url!);
        });
        afterAll(() => connected.close());

        const make = () => redisStore({ client: connected.client, prefix: newPrefix() });
        for (const { title, run } of storeConformance(make, { without: ["prune"] })) test(title, run);
      },
    );
  }
}
