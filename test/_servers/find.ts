import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root } from "../_manifest.ts";

/** Where Debian's packages are unpacked for who may not install them. */
export const unpacked: string = join(root, "node_modules/.cache/coatcheck-servers");

/** The first of the folders that holds an executable of this name. */
export function findProgram(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** PATH, and where Debian keeps servers, which is not in everybody's PATH. */
export const programFolders = (): string[] => [
  ...(process.env.PATH ?? "").split(delimiter).filter(Boolean),
  "/usr/sbin",
  join(unpacked, "usr/bin"),
  join(unpacked, "usr/sbin"),
];

/** For programs below `unpacked`, whose libraries lie there too. */
export function libraryPath(program: string): Record<string, string> {
  if (!program.startsWith(unpacked)) return {};
  const folder = join(unpacked, "usr/lib");
  return { LD_LIBRARY_PATH: [folder, ...subfolders(folder).filter((path) => path.endsWith("-linux-gnu"))].join(":") };
}

export function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
