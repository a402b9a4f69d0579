import { randomBytes } from "node:crypto";
import type { OwnServer } from "../servers/own-server.ts";
import { isDebian, isRoot, obtainPackages } from "./debian.ts";
import type { Missing, Started } from "./service.ts";

/** How the tests get a database server: one that the environment names, or one of their own for the time of the run. */
export interface ServerSource {
  /** The variable of the environment that names a server. */
  readonly variable: string;
  /** In words, as the server says it. */
  version(url: string): Promise<string>;
  find(): Found | undefined;
  /** What has the programs, in Debian. */
  readonly packages: readonly string[];
  start(): Promise<Pick<OwnServer, "url" | "dispose">>;
  /** A database of the run's own on a server that others use too. */
  createDatabase?(url: string): Promise<Database>;
}

export interface Found {
  readonly path: string;
  /** "found" if not said otherwise. */
  readonly origin?: string;
}

export interface Database {
  readonly url: string;
  drop(): Promise<void>;
}

export async function provideServer(source: ServerSource): Promise<Started<string> | Missing> {
  const { variable } = source;
  const given = process.env[variable];
  try {
    return given === undefined ? await startOwn(source) : await useGiven(source, given);
  } catch (error) {
    const reason = error instanceof Error ? error.message : `${error}`;
    return { missing: given === undefined ? `${reason}. Or set ${variable}.` : `${variable} is of no use: ${reason}` };
  }
}

/** Creates a database beside others on a server; `force` is how a DROP ends its connections. */
export async function createDatabase(
  url: string,
  query: (url: string, statement: string) => Promise<unknown>,
  force = "",
): Promise<Database> {
  const name = `coatcheck_${randomBytes(6).toString("hex")}`;
  await query(url, `create database ${name}`);
  const own = new URL(url);
  own.pathname = name;
  return {
    url: own.href,
    async drop() {
      await query(url, `drop database ${name} ${force}`);
    },
  };
}

async function useGiven({ variable, version, createDatabase }: ServerSource, given: string): Promise<Started<string>> {
  const note = `${await version(given)}, from ${variable}`;
  const database = await createDatabase?.(given);
  return database === undefined ? { value: given, note } : { value: database.url, note, stop: database.drop };
}

async function startOwn({ find, packages, start, version }: ServerSource): Promise<Started<string>> {
  let installation: string | undefined;
  if (find() === undefined) {
    if (!isDebian) throw new Error(`Install it (in Debian it is ${packages.join(", ")})`);
    await obtainPackages(packages);
    installation = isRoot ? "installed by apt-get" : "unpacked from Debian's packages";
  }
  const found = find();
  const origin = `${installation ?? found?.origin ?? "found"} (${found?.path})`;
  const server = await start();
  try {
    return { value: server.url, note: `${await version(server.url)}, ${origin}`, stop: server.dispose };
  } catch (error) {
    await server.dispose();
    throw error;
  }
}
