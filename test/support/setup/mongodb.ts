import { randomBytes } from "node:crypto";
import { MongoClient } from "mongodb";
import { describeMongodb, findMongod, type MongodbServer, startMongodb } from "../servers/mongodb.ts";
import { downloadMongod } from "../servers/mongodb-download.ts";
import { type Database, provideServer } from "./server.ts";
import type { Missing, Service, Started } from "./service.ts";

export const mongodb: Service<string> = { start: () => (starting ??= start()) };

export const mongodbKind: Service<MongodbServer["kind"]> = {
  async start() {
    const server = await mongodb.start();
    if ("missing" in server) return server;
    const { kind } = await describeMongodb(server.value);
    return { value: kind, note: notes[kind] };
  },
};

const notes = {
  server: "a real server",
  double: "a double; tests that need the planner or the rights of a real server are left out",
};

let starting: Promise<Started<string> | Missing> | undefined;

async function start(): Promise<Started<string> | Missing> {
  const isGiven = process.env.MONGODB_URL !== undefined;
  const mongod = isGiven ? undefined : (findMongod() ?? (await downloadMongod()));
  return provideServer({
    variable: "MONGODB_URL",
    version: async (url) => (await describeMongodb(url)).label,
    find: () =>
      mongod === undefined
        ? { path: "test/support/servers/mongodb-double", origin: "set MONGODB_URL to test against a real one" }
        : { path: mongod },
    packages: [],
    start: () => startMongodb(mongod),
    createDatabase,
  });
}

async function createDatabase(given: string): Promise<Database> {
  const name = `coatcheck_${randomBytes(6).toString("hex")}`;
  return {
    url: withDatabase(given, name),
    async drop() {
      const client = new MongoClient(given);
      await client.db(name).dropDatabase();
      await client.close();
    },
  };
}

/** Not by `URL`, which does not know lists of hosts. */
function withDatabase(url: string, name: string): string {
  const [, hosts = "", database, query = ""] = /^([^:]+:\/\/[^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(url) ?? [];
  const parameters = query.split("&").filter(Boolean);
  // Otherwise the user would be looked for in the new database.
  if (hosts.includes("@") && !/(^|&)authSource=/i.test(query)) parameters.push(`authSource=${database || "admin"}`);
  return `${hosts}/${name}${parameters.length > 0 ? "?" : ""}${parameters.join("&")}`;
}
