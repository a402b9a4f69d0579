import type { ProvidedContext } from "vitest";
import type { TestProject } from "vitest/node";
import { chromium } from "./chromium.ts";
import { mongodb, mongodbKind } from "./mongodb.ts";
import { mysql } from "./mysql.ts";
import { postgres } from "./postgres.ts";
import { redis } from "./redis.ts";
import { redisCluster } from "./redis-cluster.ts";
import type { Missing, Service, Started } from "./service.ts";

/** Optional on a laptop; required where CI=true, so that no test is left out there unseen. */
const required = process.env.CI === "true";

/** Runs once, before all tests; what it returns runs after them. A new service is a new line here. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const results = await Promise.all([
    offer(project, postgres),
    offer(project, mysql),
    offer(project, redis),
    offer(project, redisCluster),
    offer(project, mongodb),
    offer(project, mongodbKind),
    offer(project, chromium),
  ]);
  const teardown = async () => {
    await Promise.all(results.map((result) => "stop" in result && result.stop?.()));
  };
  // Only now, so that no installation is cut short.
  const missing = results.filter((result) => "missing" in result).length;
  if (required && missing > 0) {
    await teardown();
    throw new Error(`CI=true requires every service, and ${missing} of them are missing; see above.`);
  }
  return teardown;
}

async function offer<Key extends keyof ProvidedContext>(
  project: TestProject,
  { key, start }: Service<Key>,
): Promise<Started<NonNullable<ProvidedContext[Key]>> | Missing> {
  const result = await start().catch((error): Missing => ({ missing: `${error}` }));
  if ("value" in result) {
    console.log(`${key}: ${result.note}`);
    project.provide(key, result.value);
  } else {
    console.log(`${key}: ${required ? "missing" : "skipped"}, ${result.missing}`);
  }
  return result;
}
