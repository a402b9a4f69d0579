import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { SessionError } from "../../types/errors.ts";
import { reason } from "../shared/client-error.ts";
import { isBusy } from "./errors.ts";
import type { SqliteDatabase } from "./handle.ts";

type Constructor = new (path: string) => SqliteDatabase;
export type Load = (module: string) => Promise<Record<string, unknown>>;

/** Modules with a database class, in order of preference, and its export. Not literal imports, so that bundlers skip them. */
const drivers: readonly (readonly [module: string, exported: string])[] = [
  ["node:sqlite", "DatabaseSync"],
  ["bun:sqlite", "Database"],
  ["better-sqlite3", "default"],
  ["libsql", "default"],
];

const importModule: Load = (module) => import(/* @vite-ignore */ /* webpackIgnore: true */ module);

/** Returns an absolute path, so that no driver treats "http://…" or "file:…" as a URL. */
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

/** Returns the first driver that is available. @throws SessionError STORE_UNAVAILABLE */
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
    'No SQLite driver was found: run "npm install better-sqlite3" (or "libsql"), or use Node 22.13 or newer, Bun or Deno, which have their own.',
    { cause: new AggregateError(errors) },
  );
}

/** Creates a missing file and its directory, readable only by the owner. SQLite gives its side files the same mode. */
function privateFile(path: string): string {
  makeDirectory(dirname(path));
  // Only a new file: closing one that this process has open elsewhere would release SQLite's POSIX locks on it.
  unlessThere(() => closeSync(openSync(path, "wx", 0o600)));
  return path;
}

/** Without `recursive: true`, which never returns if a directory cannot be created because of ENOENT, as in /proc. */
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
