import type { SessionStore } from "../../types/store.ts";
import { fail } from "../assert.ts";
import type { FullStore, StoreAbility, StoreRule } from "./rule.ts";
import { expiryRules } from "./rules/expiry.ts";
import { fenceRules } from "./rules/fence.ts";
import { keyRules } from "./rules/keys.ts";
import { listRules } from "./rules/list.ts";
import { raceRules } from "./rules/races.ts";
import { recordRules } from "./rules/records.ts";
import { useRules } from "./rules/use.ts";

export type { StoreAbility } from "./rule.ts";

/** One sentence of the store contract; `run` rejects with an Error that says what was expected. */
export interface StoreCase {
  readonly title: string;
  run(): Promise<void>;
}

export interface StoreConformanceOptions {
  /**
   * What the store does not have; the cases about it are left out. A store says for itself that it is not atomic.
   *
   * @default none
   */
  readonly without?: readonly StoreAbility[] | undefined;
}

/**
 * The contract of a store as a list of cases, for any test runner. `make` is called for each case and gives a store
 * with a place of its own that is empty (a table, a key prefix, a directory); the case closes it. A store that fails
 * any of the cases can lose changes, bring sessions back or show them to others.
 *
 * @example
 * for (const { title, run } of storeConformance(() => myStore())) test(title, run);
 */
export function storeConformance(
  make: () => SessionStore | Promise<SessionStore>,
  { without = [] }: StoreConformanceOptions = {},
): StoreCase[] {
  const rules = [recordRules, fenceRules, expiryRules, keyRules, listRules, raceRules, useRules].flat();
  const applicable = rules.filter(({ needs = [] }) => !needs.some((ability) => without.includes(ability)));
  return [...applicable, abilities(without)].map((rule) => ({ title: rule.title, run: () => run(rule, make) }));
}

async function run(rule: StoreRule, make: () => SessionStore | Promise<SessionStore>): Promise<void> {
  const store = await make();
  try {
    await rule.check(store as FullStore, Date.now());
  } finally {
    await store.close?.();
  }
}

/** Nothing that is left out of the test may be there untested, and nothing else may be missing. */
function abilities(without: readonly StoreAbility[]): StoreRule {
  const has = (store: SessionStore, ability: StoreAbility): boolean =>
    ability === "atomic" ? store.atomic : store[ability] !== undefined;
  return {
    title: `the store has ${without.length === 0 ? "every ability" : `every ability but ${without.join(", ")}`}`,
    async check(store) {
      for (const ability of ["atomic", "list", "prune", "clear", "count"] as const) {
        const isLeftOut = without.includes(ability);
        if (has(store, ability) === isLeftOut) {
          fail(
            isLeftOut
              ? `the store has "${ability}", so it must be tested: take it out of "without"`
              : `the store lacks "${ability}": implement it, or name it in "without" and in the store's documentation`,
          );
        }
      }
    },
  };
}
