import { createConnection, type RowDataPacket } from "mysql2/promise";
import { findMariadb, startMariadb } from "../servers/mariadb.ts";
import { createDatabase, provideServer } from "./server.ts";
import type { Service } from "./service.ts";

export const mysql: Service<string> = {
  start: () =>
    provideServer({
      variable: "MYSQL_URL",
      packages: ["mariadb-server-core", "mariadb-client-core"],
      find() {
        const programs = findMariadb();
        return programs && { path: programs.server };
      },
      start: startMariadb,
      version: mysqlVersion,
      createDatabase: (url) => createDatabase(url, query),
    }),
};

export async function mysqlVersion(url: string): Promise<string> {
  const [row] = await query(url, "select version() as version");
  const version = `${row?.version}`;
  return version.includes("MariaDB") ? `MariaDB ${version.split("-", 1)[0]}` : `MySQL ${version}`;
}

async function query(url: string, statement: string): Promise<RowDataPacket[]> {
  const connection = await createConnection({ uri: url, connectTimeout: 60_000 });
  connection.on("error", () => {});
  try {
    const [rows] = await connection.query<RowDataPacket[]>(statement);
    return rows;
  } finally {
    await connection.end();
  }
}
