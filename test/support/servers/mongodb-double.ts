import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { MongoClient } from "mongodb";
import { type OwnServer, startOwnServer } from "./own-server.ts";

const main = fileURLToPath(new URL("./mongodb-double/main.ts", import.meta.url));

/**
 * A process that speaks MongoDB's protocol and is not MongoDB: the project's own, for machines that have none. Its data
 * survives kill -9.
 */
export function startMongodbDouble(): Promise<OwnServer> {
  return startOwnServer({
    name: "mongodb-double",
    stopSignal: "SIGTERM",
    url: mongodbUrl,
    // One file, because the account that servers run under may not see the project.
    prepare: (folder) => bundle(join(folder, "double.mjs")),
    command: (folder, port) => ({ file: process.execPath, args: [join(folder, "double.mjs"), `${port}`, folder] }),
    probe: pingMongodb,
  });
}

/** Straight to this server, whatever it says of its replica set: so a proxy in between stays in between. */
export const mongodbUrl = (port: number): string => `mongodb://127.0.0.1:${port}/coatcheck?directConnection=true`;

async function pingMongodb(port: number): Promise<void> {
  const client = new MongoClient(mongodbUrl(port), { serverSelectionTimeoutMS: 500 });
  try {
    await client.db().command({ ping: 1 });
  } finally {
    await client.close();
  }
}

async function bundle(outfile: string): Promise<void> {
  await build({
    entryPoints: [main],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    tsconfigRaw: {},
    logLevel: "error",
  });
}
