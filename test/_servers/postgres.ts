import { dirname, join } from "node:path";
import pg from "pg";
import { embeddedPostgres } from "./embedded-postgres.ts";
import { findProgram, programFolders, subfolders } from "./find.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";
import { runCommand } from "./process.ts";

export interface PostgresOptions {
  /** More arguments of `postgres`, such as `["-c", "max_connections=5"]`. */
  readonly args?: readonly string[];
  /** The folder that holds `initdb` and `postgres`. */
  readonly programs?: string | undefined;
}

/** The programs on this machine, newest first, or else those of the package embedded-postgres. */
export function findPostgres(): string | undefined {
  const version = (folder: string) => Number(/\d+/.exec(folder)?.[0] ?? 0);
  const debian = subfolders("/usr/lib/postgresql").sort((a, b) => version(b) - version(a));
  const folders = [...debian.map((folder) => join(folder, "bin")), ...programFolders()];
  const postgres = findProgram(
    "postgres",
    folders.filter((folder) => findProgram("initdb", [folder]) !== undefined),
  );
  return postgres === undefined ? undefined : dirname(postgres);
}

/** A PostgreSQL server of its own; survives kill -9 with everything that was acknowledged. */
export async function startPostgres(options: PostgresOptions = {}): Promise<OwnServer> {
  const programs = options.programs ?? findPostgres() ?? (await embeddedPostgres());
  if (programs === undefined) {
    throw new Error("There is no PostgreSQL on this machine and no embedded-postgres for it. Install one of them.");
  }
  return startOwnServer({
    name: "postgres",
    stopSignal: "SIGINT",
    url,
    async prepare(folder) {
      const args = ["-U", "postgres", "-A", "trust", "--no-sync", "--no-instructions", "-E", "UTF8", "--locale=C"];
      await runCommand({ file: join(programs, "initdb"), args: [...args, "-D", join(folder, "data")] }, folder);
    },
    command: (folder, port) => ({
      file: join(programs, "postgres"),
      args: [
        ...["-D", join(folder, "data"), "-h", "127.0.0.1", "-p", `${port}`, "-c", "unix_socket_directories="],
        // What a killed process wrote is still with the OS.
        ...["-F", "-c", "max_connections=300"],
        // Nothing outside of the folder that could stay behind.
        ...["-c", "dynamic_shared_memory_type=mmap"],
        ...(options.args ?? []),
      ],
    }),
    probe,
  });
}

const url = (port: number): string => `postgres://postgres@127.0.0.1:${port}/postgres`;

async function probe(port: number): Promise<void> {
  const client = new pg.Client({ connectionString: url(port), connectionTimeoutMillis: 2000 });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("select 1");
  } finally {
    await client.end();
  }
}
