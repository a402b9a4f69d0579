import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import type { SessionStore } from "../src/core/store.ts";
import { memoryStore } from "../src/stores/memory.ts";
import { sqliteStore } from "../src/stores/sqlite.ts";
import { storeConformance } from "../src/testing/store-conformance.ts";

const directory = mkdtempSync(join(tmpdir(), "coatcheck-stores-"));
let files = 0;
const newFile = () => join(directory, `${++files}.db`);

afterAll(() => rmSync(directory, { recursive: true }));

/** Each gives a store with an empty place of its own. */
const stores: Record<string, () => SessionStore> = {
  memory: () => memoryStore(),
  sqlite: () => sqliteStore({ path: newFile() }),
  "sqlite in memory": () => sqliteStore({ path: ":memory:" }),
};

for (const [name, make] of Object.entries(stores)) {
  describe(`B9 B10 B12 B18 B51 B52: the ${name} store keeps the contract`, () => {
    for (const { title, run } of storeConformance(make)) test(title, run);
  });
}
