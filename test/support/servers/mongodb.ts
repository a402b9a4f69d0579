import { MongoClient } from "mongodb";
import { findProgram, programFolders } from "./find.ts";
import { mongodbUrl, startMongodbDouble } from "./mongodb-double.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";

export const findMongod = (): string | undefined => findProgram("mongod", programFolders());

export interface MongodbServer extends OwnServer {
  readonly kind: "server" | "double";
  /** What it is, for a log or the head of a table. */
  readonly label: string;
}

/** A MongoDB server of its own, or the project's double where there is no `mongod`. */
export async function startMongodb(mongod: string | undefined = findMongod()): Promise<MongodbServer> {
  const server = await (mongod === undefined ? startMongodbDouble() : startMongod(mongod));
  try {
    return Object.assign(server, await describeMongodb(server.url));
  } catch (error) {
    await server.dispose();
    throw error;
  }
}

/** What answers at a URL. */
export async function describeMongodb(url: string): Promise<Pick<MongodbServer, "kind" | "label">> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5_000 });
  try {
    const { version, double } = await client.db().command({ buildInfo: 1 });
    if (!double) return { kind: "server", label: `MongoDB ${version}` };
    return { kind: "double", label: "the project's own wire double, NOT a MongoDB server" };
  } finally {
    await client.close();
  }
}

/** A replica set of one member: writes can be repeated, and wait for a majority, only in a replica set. */
function startMongod(file: string): Promise<OwnServer> {
  return startOwnServer({
    name: "mongodb",
    stopSignal: "SIGTERM",
    url: mongodbUrl,
    prepare: async () => {},
    command: (folder, port) => ({
      file,
      args: [
        ...["--dbpath", folder, "--bind_ip", "127.0.0.1", "--port", `${port}`, "--replSet", "coatcheck"],
        ...["--setParameter", "enableTestCommands=1"],
      ],
    }),
    probe: becomePrimary,
  });
}

const NotYetInitialized = 94;

/** Founds the replica set if there is none yet. Throws as long as its member is not the primary. */
async function becomePrimary(port: number): Promise<void> {
  const client = new MongoClient(mongodbUrl(port), { serverSelectionTimeoutMS: 500 });
  const admin = client.db("admin");
  try {
    await admin.command({ replSetGetStatus: 1 }).catch(async ({ code }) => {
      if (code !== NotYetInitialized) return;
      const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
      await admin.command({ replSetInitiate: { _id: "coatcheck", members } });
    });
    const { isWritablePrimary } = await admin.command({ hello: 1 });
    if (!isWritablePrimary) throw new Error("it is not the primary yet");
  } finally {
    await client.close();
  }
}
