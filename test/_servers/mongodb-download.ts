import { MongoBinary } from "mongodb-memory-server-core";

const SOURCE = "https://fastdl.mongodb.org";
const PATIENCE = 3_000;

/** The path of a `mongod` that the package mongodb-memory-server downloaded now or earlier; `undefined` where it cannot. */
export async function downloadMongod(): Promise<string | undefined> {
  try {
    // The package itself waits for minutes, and several times.
    await fetch(SOURCE, { method: "HEAD", signal: AbortSignal.timeout(PATIENCE) });
    return await MongoBinary.getPath();
  } catch {
    return undefined;
  }
}
