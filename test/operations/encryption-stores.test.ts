import { generateKey } from "coatcheck";
import { encryptRecords } from "coatcheck/encryption";
import { storeConformance } from "coatcheck/testing";
import { test } from "vitest";
import { describeStore, storeNames, storesUnderTest } from "../support/stores/stores.ts";

const keys = generateKey();

for (const [name, subject] of Object.entries(await storesUnderTest(storeNames))) {
  const make = async () => encryptRecords(await subject.make(), { keys });
  describeStore(`encryptRecords() over ${name} keeps the whole contract`, subject, () => {
    for (const { title, run } of storeConformance(make, { without: subject.without })) test(`B144: ${title}`, run);
  });
}
