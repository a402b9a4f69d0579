import type { SessionStore } from "coatcheck";
import { type StoreAbility, storeConformance } from "coatcheck/testing";
import { test } from "vitest";
import { describeStore } from "../../../support/stores/stores.ts";

/** Gives a store with an empty place of its own. */
export interface Subject {
  make(): SessionStore | Promise<SessionStore>;
  readonly without?: readonly StoreAbility[];
  readonly missing?: string | undefined;
}

export function contract(subjects: Readonly<Record<string, Subject>>): void {
  for (const [name, subject] of Object.entries(subjects)) {
    describeStore(`B9 B10 B12 B18 B51 B52: ${name} keeps the contract`, subject, () => {
      for (const { title, run } of storeConformance(subject.make, subject)) test(title, run);
    });
  }
}
