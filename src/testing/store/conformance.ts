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

/** One rule of the store contract. `run` rejects with an Error that says what was expected. */
export interface StoreCase {
  readonly title: string;
  run(): Promise<void>;
}

/** Options of `storeConformance()`. */
export interface StoreConformanceOptions {
  /**
   * The abilities that the store lacks. Their cases are left out. A store that is not atomic must say so itself.
   *
   * @default none
   */
  readonly without?: readonly StoreAbility[] | undefined;
}

/**
 * Returns the contract of a store as a list of cases for any test runner. `make` is called for each case and returns a
 * store with an empty location of its own (a table, a key prefix, a directory); the case closes it. A store that fails
 * a case can lose changes, resurrect sessions or reveal them to other users.
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

/** The store must lack exactly the abilities that are left out, so that none remains untested. */
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
              ? `the store has "${ability}", so it must be tested: remove it from "without"`
              : `the store lacks "${ability}": implement it, or name it in "without" and in the store's documentation`,
          );
        }
      }
    },
  };
}
