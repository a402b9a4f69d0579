import { findRedis, startRedis } from "../_servers/redis.ts";
import { sendRedis } from "../_servers/redis-command.ts";
import { provideServer, type ServerSource } from "./server.ts";
import type { Service } from "./service.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** `redis://…`: others may use it too; keys need a prefix of the test's own. */
    redis: string | undefined;
  }
}

/** The programs are the same for a single server and for a cluster. */
export const redisPrograms: Pick<ServerSource, "packages" | "find"> = {
  packages: ["redis-server"],
  find() {
    const path = findRedis();
    return path === undefined ? undefined : { path };
  },
};

export const redis: Service<"redis"> = {
  key: "redis",
  start: () => provideServer({ ...redisPrograms, variable: "REDIS_URL", start: startRedis, version: redisVersion }),
};

export async function redisVersion(url: string): Promise<string> {
  const info = `${await sendRedis(url, "INFO", "server")}`;
  const [, name, version] = /^(valkey|redis)_version:(\S+)/m.exec(info) ?? [];
  return `${name === "valkey" ? "Valkey" : "Redis"} ${version}`;
}
