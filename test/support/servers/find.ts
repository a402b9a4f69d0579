import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root } from "../package/manifest.ts";

/** Where Debian's packages are unpacked for those who may not install them, each with all it needs in a folder of its own. */
export const unpacked: string = join(root, "node_modules/.cache/coatcheck-servers");

/** PATH, Debian's folder for servers, which is not in everybody's PATH, and `unpacked`. */
export const programFolders = (): string[] => [
  ...(process.env.PATH ?? "").split(delimiter).filter(Boolean),
  "/usr/sbin",
  ...unpackedFolders(unpacked),
];

export const unpackedFolders = (place: string): string[] =>
  subfolders(place).flatMap((folder) => [join(folder, "usr/bin"), join(folder, "usr/sbin")]);

/** The first in these folders. */
export function findProgram(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** What a program that was unpacked somewhere needs in its environment to find the libraries that were unpacked beside it. */
export function libraryPath(program: string): Record<string, string> {
  const [, place] = /^(.+)\/usr\/s?bin\/[^/]+$/.exec(program) ?? [];
  if (place === undefined) return {};
  const folders = [join(place, "lib"), join(place, "usr/lib")].flatMap((folder) => [folder, ...subfolders(folder)]);
  return { LD_LIBRARY_PATH: folders.join(":") };
}

export function subfolders(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
