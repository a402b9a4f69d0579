import { openStore } from "coatcheck/stores/open";
import { storeConformance } from "coatcheck/testing";
import { test } from "vitest";
import { describeStore, type StoreUnderTest, stores } from "./_stores.ts";

/** One line per store. Each gives a store with an empty place of its own. */
const subjects: Readonly<Record<string, Omit<StoreUnderTest, "url">>> = {
  ...stores,
  "SQLite in memory": { make: () => openStore("sqlite::memory:"), without: [] },
};

for (const [name, subject] of Object.entries(subjects)) {
  describeStore(`B9 B10 B12 B18 B51 B52: ${name} keeps the contract`, subject, () => {
    for (const { title, run } of storeConformance(subject.make, subject)) test(title, run);
  });
}
