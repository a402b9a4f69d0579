import { findRedis, startRedis } from "../servers/redis.ts";
import { sendRedis } from "../servers/redis-command.ts";
import { provideServer, type ServerSource } from "./server.ts";
import type { Service } from "./service.ts";

/** The programs are the same for a single server and for a cluster. */
export const redisPrograms: Pick<ServerSource, "packages" | "find"> = {
  packages: ["redis-server"],
  find() {
    const path = findRedis();
    return path === undefined ? undefined : { path };
  },
};

export const redis: Service<string> = {
  start: () => provideServer({ ...redisPrograms, variable: "REDIS_URL", start: startRedis, version: redisVersion }),
};

export async function redisVersion(url: string): Promise<string> {
  const info = `${await sendRedis(url, "INFO", "server")}`;
  const [, name, version] = /^(valkey|redis)_version:(\S+)/m.exec(info) ?? [];
  return `${name === "valkey" ? "Valkey" : "Redis"} ${version}`;
}
