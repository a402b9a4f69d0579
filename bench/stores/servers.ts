import { createConnection } from "mysql2/promise";
import pg from "pg";
import { createClient } from "redis";
import { startMariadb } from "../../test/support/servers/mariadb.ts";
import { startMongodb } from "../../test/support/servers/mongodb.ts";
import { startPostgres } from "../../test/support/servers/postgres.ts";
import { startRedis } from "../../test/support/servers/redis.ts";

interface Backend {
  /** Name and version, for the head of a table. */
  readonly backend: string;
  readonly url: string;
}

export interface Servers {
  readonly postgres: Backend;
  readonly mysql: Backend;
  readonly redis: Backend;
  readonly mongodb: Backend & { readonly isReal: boolean };
  stop(): Promise<void>;
}

/** Servers of the benchmark's own, on this machine. */
export async function startServers(): Promise<Servers> {
  const [postgres, mysql, redis, mongodb] = await Promise.all([
    startPostgres(),
    startMariadb(),
    // Without the log of writes that tests need, as the others run without waiting for the disk.
    startRedis({ args: ["--appendonly", "no"] }),
    startMongodb(),
  ]);
  return {
    postgres: { url: postgres.url, backend: `PostgreSQL ${await postgresVersion(postgres.url)}` },
    mysql: { url: mysql.url, backend: `MariaDB ${await mysqlVersion(mysql.url)}` },
    redis: { url: redis.url, backend: `Redis ${await redisVersion(redis.url)}` },
    mongodb: {
      url: mongodb.url,
      backend: mongodb.kind === "server" ? mongodb.label : "wire double, no MongoDB",
      isReal: mongodb.kind === "server",
    },
    stop: async () => void (await Promise.all([postgres, mysql, redis, mongodb].map((server) => server.dispose()))),
  };
}

async function postgresVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query("SHOW server_version");
  await client.end();
  return rows[0].server_version.split(" ")[0];
}

async function mysqlVersion(url: string): Promise<string> {
  const connection = await createConnection(url);
  const [rows] = await connection.query("SELECT version() AS version");
  await connection.end();
  return (rows as { version: string }[])[0]!.version.split("-")[0]!;
}

async function redisVersion(url: string): Promise<string> {
  const client = createClient({ url });
  await client.connect();
  const info = await client.info("server");
  await client.close();
  return /redis_version:(\S+)/.exec(info)?.[1] ?? "";
}
