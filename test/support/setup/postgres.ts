import pg from "pg";
import { findPostgres, startPostgres } from "../servers/postgres.ts";
import { createDatabase, provideServer } from "./server.ts";
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
      createDatabase: (url) => createDatabase(url, query, "with (force)"),
    }),
};

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 60_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
