import { join } from "node:path";
import pg from "pg";
import { findEmbeddedPostgres, type PostgresPrograms, usableFolder } from "./embedded-postgres.ts";
import { isExecutable, programFolders, subfolders } from "./find.ts";
import { quoted } from "./guardian.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";

export interface PostgresOptions {
  /** More arguments of `postgres`, such as `["-c", "max_connections=5"]`. */
  readonly args?: readonly string[];
  /** Other programs than those of `findPostgres`. */
  readonly programs?: PostgresPrograms;
}

/** The programs of this machine, Debian's newest first, or else those of the package embedded-postgres. */
export function findPostgres(): PostgresPrograms | undefined {
  const folder = [...debianFolders(), ...programFolders()].find(
    (candidate) => isExecutable(join(candidate, "postgres")) && isExecutable(join(candidate, "initdb")),
  );
  return folder === undefined ? findEmbeddedPostgres() : { folder, origin: "found" };
}

/** A PostgreSQL server of its own; when it is killed, it keeps all that was acknowledged. */
export async function startPostgres(options: PostgresOptions = {}): Promise<OwnServer> {
  const found = options.programs ?? findPostgres();
  if (found === undefined) {
    throw new Error("There is no PostgreSQL on this machine. Install it, or run: npm run test:packages -- postgres");
  }
  let programs = found.folder;
  return startOwnServer({
    name: "postgres",
    stopSignal: "SIGINT",
    url,
    async prepare(folder, run) {
      programs = await usableFolder(found, folder);
      const args = ["-U", "postgres", "-A", "trust", "--no-sync", "--no-instructions", "-E", "UTF8", "--locale=C"];
      await run({ file: join(programs, "initdb"), args: [...args, "-D", join(folder, "data")] });
    },
    command: (folder, port) => ({
      file: join(programs, "postgres"),
      args: [
        ...["-D", join(folder, "data"), "-h", "127.0.0.1", "-p", `${port}`, "-c", "unix_socket_directories="],
        // Nothing waits for the disk: the OS has what a killed process wrote.
        ...["-F", "-c", "dynamic_shared_memory_type=mmap", "-c", "max_connections=300"],
        ...(options.args ?? []),
      ],
    }),
    probe,
    // The seventh line names the small piece of shared memory that shows a second server that this one runs.
    cleanUp: (folder) => `set -- $(sed -n 7p ${quoted(join(folder, "data/postmaster.pid"))}) && ipcrm -m "$2"`,
  });
}

function debianFolders(): string[] {
  const version = (folder: string) => Number(/\d+/.exec(folder)?.[0]);
  return subfolders("/usr/lib/postgresql")
    .sort((a, b) => version(b) - version(a))
    .map((folder) => join(folder, "bin"));
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
