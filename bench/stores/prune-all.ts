import { join } from "node:path";
import { openStore } from "coatcheck/stores/open";
import { ramDisk, temporaryFolder } from "./lineup.ts";
import { measurePruning, type PruneRow } from "./pruning.ts";
import type { Servers } from "./servers.ts";
import type { StoreSettings } from "./settings.ts";

/** Every store that prunes; Redis drops by itself what has expired. */
export async function pruneAll(
  { postgres, mysql, mongodb }: Servers,
  { expired }: StoreSettings,
  log: (line: string) => void,
): Promise<PruneRow[]> {
  const folder = temporaryFolder(ramDisk());
  const urls = [
    "memory:?maxSessions=1000000",
    `file:${join(folder.path, "files")}`,
    `sqlite:${join(folder.path, "pruning.db")}`,
    `${postgres.url}?table=pruning`,
    `${mysql.url}?table=pruning`,
    // The double goes over all documents for each command.
    ...(mongodb.isReal ? [`${mongodb.url}&collection=pruning`] : []),
  ];
  const rows = [];
  for (const url of urls) {
    const store = await openStore(url);
    log(`${store.name}: pruning`);
    rows.push(await measurePruning(store, expired));
    await store.close?.();
  }
  folder.remove();
  return rows;
}
