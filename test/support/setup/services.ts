import { chromium } from "./chromium.ts";
import { mongodb, mongodbKind } from "./mongodb.ts";
import { mysql } from "./mysql.ts";
import { nginx } from "./nginx.ts";
import { postgres } from "./postgres.ts";
import { redis } from "./redis.ts";
import { redisCluster } from "./redis-cluster.ts";
import type { Service } from "./service.ts";

/** All services by the name under which tests ask for them. A new service is a new line here. */
export const services = { postgres, mysql, redis, redisCluster, mongodb, mongodbKind, nginx, chromium };

export type ServiceName = keyof typeof services;
export type ServiceValue<Name extends ServiceName> =
  (typeof services)[Name] extends Service<infer Value> ? Value : never;
