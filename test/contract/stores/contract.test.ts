import { readdirSync, readFileSync } from "node:fs";
import type { SessionStore } from "coatcheck";
import { openStore } from "coatcheck/stores/open";
import { type StoreAbility, storeConformance } from "coatcheck/testing";
import { describe, expect, test } from "vitest";
import { storeNames } from "../../support/stores/stores.ts";

interface Subject {
  make(): SessionStore | Promise<SessionStore>;
  readonly without?: readonly StoreAbility[];
}

/** One line for each store that has no file here. Each gives a store with an empty place of its own. */
const subjects: Readonly<Record<string, Subject>> = {
  "SQLite in memory": { make: () => openStore("sqlite::memory:") },
};

for (const [name, subject] of Object.entries(subjects)) {
  describe(`B9 B10 B12 B18 B51 B52: ${name} keeps the contract`, () => {
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
