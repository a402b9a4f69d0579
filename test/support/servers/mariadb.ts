import { dirname, join } from "node:path";
import { createConnection } from "mysql2/promise";
import { findProgram, libraryPath, programFolders } from "./find.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";

export interface MariadbOptions {
  /** More arguments of `mariadbd`, such as `["--max-connections=5"]`. */
  readonly args?: readonly string[];
  /** Other programs than those of `findMariadb`. */
  readonly programs?: MariadbPrograms | undefined;
}

export interface MariadbPrograms {
  readonly server: string;
  readonly install: string;
}

export function findMariadb(folders: readonly string[] = programFolders()): MariadbPrograms | undefined {
  const server = findProgram("mariadbd", folders);
  if (server === undefined) return undefined;
  const install = findProgram("mariadb-install-db", [join(dirname(dirname(server)), "bin"), ...folders]);
  return install === undefined ? undefined : { server, install };
}

/** A MariaDB server of its own; when it is killed, it keeps all that was acknowledged. */
export async function startMariadb(options: MariadbOptions = {}): Promise<OwnServer> {
  const programs = options.programs ?? findMariadb();
  if (programs === undefined) throw new Error("There is no mariadbd on this machine. Install MariaDB's server.");
  const { server, install } = programs;
  // In a folder of its own, because a server that starts deletes the temporary tables that it finds, those of others too.
  const env = (folder: string) => ({ ...libraryPath(server), TMPDIR: folder });
  const shared = ["--no-defaults", `--basedir=${dirname(dirname(server))}`, "--innodb-log-file-size=16M"];
  return startOwnServer({
    name: "mariadb",
    stopSignal: "SIGTERM",
    url,
    async prepare(folder, run) {
      const args = [
        "--auth-root-authentication-method=normal",
        // Even if the machine cannot resolve its own name.
        "--force",
        `--datadir=${join(folder, "data")}`,
      ];
      await run({ file: install, args: [...shared, ...args], env: env(folder) });
    },
    command: (folder, port) => ({
      file: server,
      args: [
        ...shared,
        `--datadir=${join(folder, "data")}`,
        `--socket=${join(folder, "socket")}`,
        `--pid-file=${join(folder, "pid")}`,
        "--bind-address=127.0.0.1",
        `--port=${port}`,
        "--skip-name-resolve",
        "--skip-log-bin",
        "--max-connections=500",
        // Each commit is handed to the OS, which keeps it when the process is killed; nothing waits for the disk.
        "--innodb-flush-log-at-trx-commit=2",
        ...(options.args ?? []),
      ],
      env: env(folder),
    }),
    probe,
  });
}

/** The database `test` is empty and comes with the server. */
const url = (port: number): string => `mysql://root@127.0.0.1:${port}/test`;

async function probe(port: number): Promise<void> {
  const connection = await createConnection({ uri: url(port), connectTimeout: 60_000 });
  connection.on("error", () => {});
  try {
    await connection.query("select 1");
  } finally {
    await connection.end();
  }
}
