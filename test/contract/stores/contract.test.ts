import { readdirSync, readFileSync } from "node:fs";
import { memoryStore } from "coatcheck/stores/memory";
import { openStore } from "coatcheck/stores/open";
import { expect, test } from "vitest";
import { answeringLater } from "../../support/stores/answering-later.ts";
import { embeddedStores, storeNames, storesUnderTest } from "../../support/stores/stores.ts";
import { contract, type Subject } from "./rules/contract.ts";

/** One line for each store that needs no server. */
const subjects: Readonly<Record<string, Subject>> = {
  ...(await storesUnderTest(embeddedStores)),
  "memory, answering later": { make: () => answeringLater(memoryStore()) },
  "SQLite in memory": { make: () => openStore("sqlite::memory:") },
};

contract(subjects);

test("each store that a URL can name has a file that tests the whole library on it", () => {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".test.ts"));
  const calls = files.flatMap((file) =>
    [...readFileSync(`${import.meta.dirname}/${file}`, "utf8").matchAll(/^await everyStore\("(.+)"\);$/gm)].map(
      ([, name]) => name,
    ),
  );
  expect(calls.sort()).toEqual(storeNames.toSorted());
});
