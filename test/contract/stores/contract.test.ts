import { readdirSync, readFileSync } from "node:fs";
import type { SessionStore } from "coatcheck";
import { openStore } from "coatcheck/stores/open";
import { type StoreAbility, storeConformance } from "coatcheck/testing";
import { expect, test } from "vitest";
import { describeStore, storeNames, storesUnderTest } from "../../support/stores/stores.ts";

interface Subject {
  make(): SessionStore | Promise<SessionStore>;
  readonly without?: readonly StoreAbility[];
  readonly missing?: string | undefined;
}

/** One line per store. Each gives a store with an empty place of its own. */
const subjects: Readonly<Record<string, Subject>> = {
  ...(await storesUnderTest()),
  "SQLite in memory": { make: () => openStore("sqlite::memory:") },
};

for (const [name, subject] of Object.entries(subjects)) {
  describeStore(`B9 B10 B12 B18 B51 B52: ${name} keeps the contract`, subject, () => {
    for (const { title, run } of storeConformance(subject.make, subject)) test(title, run);
  });
}

test("each store that a URL can name has a file that tests the whole library on it", () => {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".test.ts"));
  const calls = files.flatMap((file) =>
    [...readFileSync(`${import.meta.dirname}/${file}`, "utf8").matchAll(/^await everyStore\("(.+)"\);$/gm)].map(
      ([, name]) => name,
    ),
  );
  expect(calls.sort()).toEqual(storeNames.toSorted());
});
