import type { ProvidedContext } from "vitest";
import type { TestProject } from "vitest/node";
import { chromium } from "./chromium.ts";
import { mongodb } from "./mongodb.ts";
import { mysql } from "./mysql.ts";
import { postgres } from "./postgres.ts";
import { redis } from "./redis.ts";
import { redisCluster } from "./redis-cluster.ts";
import type { Service } from "./service.ts";

/** Optional on a laptop; required where CI=true, so that no test is left out there unseen. */
const required = process.env.CI === "true";

/** Runs once, before all tests. A new service is a new line here. */
export default async function setup(project: TestProject): Promise<void> {
  await Promise.all([
    offer(project, chromium),
    offer(project, postgres),
    offer(project, mysql),
    offer(project, redis),
    offer(project, redisCluster),
    offer(project, mongodb),
  ]);
}

async function offer<Key extends keyof ProvidedContext>(project: TestProject, service: Service<Key>): Promise<void> {
  const result = await service.start();
  if ("value" in result) {
    console.log(`${service.key}: ${result.note}`);
    project.provide(service.key, result.value);
  } else if (required) {
    throw new Error(`${service.key} is missing, and CI=true requires it: ${result.missing}`);
  } else {
    console.log(`${service.key}: skipped, ${result.missing}`);
  }
}
