import { storeConformance } from "coatcheck/testing";
import { describe, test } from "vitest";
import { describeStore, type StoreName, storeUnderTest } from "../../../support/stores/stores.ts";
import { administration } from "./administration.ts";
import { data } from "./data.ts";
import { life } from "./life.ts";
import { processes, races } from "./races.ts";
import { rewinds } from "./rewinds.ts";

/** The contract of stores, and what sessions promise on every store. */
export async function everyStore(name: StoreName): Promise<void> {
  const subject = await storeUnderTest(name);
  describeStore(`sessions in ${name}`, subject, () => {
    describe(`B9 B10 B12 B18 B51 B52: ${name} keeps the contract`, () => {
      for (const { title, run } of storeConformance(subject.make, subject)) test(title, run);
    });
    life(subject);
    data(subject);
    administration(subject, name);
    races(subject);
    rewinds(subject);
    if (name !== "memory") processes(subject);
  });
}
