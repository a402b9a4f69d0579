import { MongoClient } from "mongodb";
import { findProgram, programFolders } from "./find.ts";
import { mongodbUrl, startMongodbDouble } from "./mongodb-double.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";

export const findMongod = (): string | undefined => findProgram("mongod", programFolders());

/** A MongoDB server of its own, or the project's double where there is no `mongod`. */
export function startMongodb(mongod: string | undefined = findMongod()): Promise<OwnServer> {
  return mongod === undefined ? startMongodbDouble() : startMongod(mongod);
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
        ...["--setParameter", "enableTestCommands=1", "--setParameter", "ttlMonitorEnabled=true"],
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
