import { MongoClient } from "mongodb";
import { findMongod, startMongodb } from "../_servers/mongodb.ts";
import { startMongodbDouble } from "../_servers/mongodb-double.ts";
import { downloadMongod } from "../_servers/mongodb-download.ts";
import type { OwnServer } from "../_servers/own-server.ts";
import type { Service, Started } from "./service.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** `mongodb://…`: a server, and a database that is empty at the start of the run. Ask it with `isMongodbDouble` what it is. */
    mongodb: string | undefined;
  }
}

export const mongodb: Service<"mongodb"> = {
  key: "mongodb",
  async start() {
    const given = process.env.MONGODB_URL;
    if (given !== undefined) return { value: given, note: `${await describe(given)}, from MONGODB_URL` };
    const found = findMongod();
    if (found !== undefined) return started(await startMongodb(found), `started ${found}`);
    const downloaded = await downloadMongod();
    if (downloaded !== undefined) return started(await startMongodb(downloaded), `downloaded ${downloaded}`);
    return started(await startMongodbDouble(), "set MONGODB_URL to test against a real one");
  },
};

async function started(server: OwnServer, origin: string): Promise<Started<string>> {
  return { value: server.url, note: `${await describe(server.url)}, ${origin}`, stop: () => server.dispose() };
}

async function describe(url: string): Promise<string> {
  const client = new MongoClient(url);
  try {
    const { version, double } = await client.db().command({ buildInfo: 1 });
    return double ? "the project's own wire double, NOT a MongoDB server" : `MongoDB ${version}`;
  } finally {
    await client.close();
  }
}
