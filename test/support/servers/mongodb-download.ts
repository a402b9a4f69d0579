import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MongoBinary } from "mongodb-memory-server-core";
import { unpacked } from "./find.ts";

const SOURCE = "https://fastdl.mongodb.org";
const place = join(unpacked, "mongodb");
const PATIENCE = { answer: 3_000, download: 180_000 };

/** Has the package mongodb-memory-server download a `mongod`, where programs are looked for; `undefined` where it cannot. */
export async function downloadMongod(): Promise<string | undefined> {
  try {
    // The package itself tries for minutes, and again.
    await fetch(SOURCE, { method: "HEAD", signal: AbortSignal.timeout(PATIENCE.answer) });
    const downloaded = await Promise.race([
      MongoBinary.getPath({ downloadDir: place }),
      sleep(PATIENCE.download, undefined, { ref: false }),
    ]);
    return downloaded === undefined ? undefined : linked(downloaded);
  } catch {
    return undefined;
  }
}

function linked(program: string): string {
  const folder = join(place, "usr/bin");
  const link = join(folder, "mongod");
  mkdirSync(folder, { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(program, link);
  return link;
}
