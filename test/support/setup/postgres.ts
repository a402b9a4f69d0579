import { randomBytes } from "node:crypto";
import pg from "pg";
import { findPostgres, startPostgres } from "../servers/postgres.ts";
import { type Database, provideServer } from "./server.ts";
import type { Service } from "./service.ts";

export const postgres: Service<string> = {
  start: () =>
    provideServer({
      variable: "POSTGRES_URL",
      packages: ["postgresql"],
      find() {
        const programs = findPostgres();
        return programs && { path: programs.folder, origin: programs.origin };
      },
      start: startPostgres,
      async version(url) {
        const [row] = await query(url, "show server_version");
        return `PostgreSQL ${row?.server_version}`;
      },
      createDatabase,
    }),
};

async function createDatabase(url: string): Promise<Database> {
  const name = `coatcheck_${randomBytes(6).toString("hex")}`;
  await query(url, `create database ${name}`);
  const own = new URL(url);
  own.pathname = name;
  return {
    url: own.href,
    async drop() {
      await query(url, `drop database ${name} with (force)`);
    },
  };
}

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
