import { lstatSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { misuse, type Stop } from "../stop.ts";

/** Where a file of the application is, or will be, with all links followed. @throws Stop if that is elsewhere */
export function placeIn(folder: string, file: string): string {
  const root = realpathSync(folder);
  const missing: string[] = [];
  let there = join(root, file);
  for (; !isThere(there); there = dirname(there)) missing.unshift(basename(there));
  const real = followed(there);
  const way = real === undefined ? ".." : relative(root, real);
  if (real !== undefined && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way))
    return join(real, ...missing);
  throw misuse(
    `On the way to ${file} a link leads out of the folder of the application, or nowhere. Nothing was written. Remove ${relative(root, there)}, or name another file by --file.`,
  );
}

/** Also a link that leads nowhere. */
function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** `undefined` for a link that leads nowhere. */
function followed(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** What is at a place. `undefined`: nothing. @throws Stop if that is a folder */
export function contentAt(place: string, file: string): string | undefined {
  if (!isThere(place)) return undefined;
  if (statSync(place).isDirectory()) throw misuse(`${file} is a folder. Nothing was written. Name a file by --file.`);
  return readFileSync(place, "utf8");
}

/** Writes a file, over another one only if it may. @throws Stop */
export function writeAt(place: string, file: string, source: string, mayReplace: boolean): void {
  try {
    mkdirSync(dirname(place), { recursive: true });
  } catch (error) {
    throw misuse(
      `${file} cannot be written: ${(error as Error).message}. Nothing was written. Name another by --file.`,
    );
  }
  try {
    writeFileSync(place, source, { flag: mayReplace ? "w" : "wx" });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "EEXIST" ? isThereAlready(file) : error;
  }
}

export const isThereAlready = (file: string): Stop =>
  misuse(`${file} is there already. Nothing was written. Name another by --file, or replace it by --overwrite.`);
