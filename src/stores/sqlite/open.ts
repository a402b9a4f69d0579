import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { SessionError } from "../../types/errors.ts";
import { reason } from "../shared/client-error.ts";
import { isBusy } from "./errors.ts";
import type { SqliteDatabase } from "./handle.ts";

type Constructor = new (path: string) => SqliteDatabase;
export type Load = (module: string) => Promise<Record<string, unknown>>;

/** Where a database class is had, best first, and its name there. The names are no literals, so that no bundler looks for them. */
const drivers: readonly (readonly [module: string, exported: string])[] = [
  ["node:sqlite", "DatabaseSync"],
  ["bun:sqlite", "Database"],
  ["better-sqlite3", "default"],
  ["libsql", "default"],
];

const importModule: Load = (module) => import(/* @vite-ignore */ module);

/** The absolute name of a file, so that no driver takes "http://…" or "file:…" for something else. */
export const fileName = (path: string): string => (path === ":memory:" ? path : resolve(path));

/** Opens a database file. @throws SessionError STORE_UNAVAILABLE, or what SQLite throws where the file is locked */
export function openFile(Database: Constructor, path: string): SqliteDatabase {
  try {
    return new Database(path === ":memory:" ? path : privateFile(path));
  } catch (cause) {
    if (isBusy(cause)) throw cause;
    throw new SessionError(
      "STORE_UNAVAILABLE",
      `The session store could not open the SQLite file "${path}". Check that this process may write there. The system says: ${reason(cause)}`,
      { cause },
    );
  }
}

/** Gives the first driver that is there. @throws SessionError STORE_UNAVAILABLE */
export async function findDriver(load: Load = importModule): Promise<Constructor> {
  const errors: unknown[] = [];
  for (const [module, exported] of drivers) {
    try {
      const found = (await load(module))[exported];
      if (typeof found === "function") return found as Constructor;
    } catch (error) {
      errors.push(error);
    }
  }
  throw new SessionError(
    "STORE_UNAVAILABLE",
    'No SQLite driver was found: run "npm install better-sqlite3" (or "libsql"), or use Node 22.13 or newer, Bun or Deno, which bring their own.',
    { cause: new AggregateError(errors) },
  );
}

/** Makes the file readable for its owner only, and its directory, where they are missing. SQLite gives its side files the same mode. */
function privateFile(path: string): string {
  makeDirectory(dirname(path));
  // Only ever a new file: closing one that this process has open elsewhere would drop SQLite's POSIX locks on it.
  unlessThere(() => closeSync(openSync(path, "wx", 0o600)));
  return path;
}

/** Not by `recursive: true`, which never returns where a directory cannot be made for a reason called ENOENT, as in /proc. */
function makeDirectory(path: string): void {
  const make = (): void => unlessThere(() => mkdirSync(path, 0o700));
  try {
    make();
  } catch (error) {
    if (codeOf(error) !== "ENOENT" || dirname(path) === path) throw error;
    makeDirectory(dirname(path));
    make();
  }
}

function unlessThere(make: () => void): void {
  try {
    make();
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException).code;
