import type { AdapterRule } from "./harness.ts";
import { Harness } from "./harness.ts";
import type { AdapterUnderTest } from "./rule.ts";
import { cacheRules } from "./rules/caches.ts";
import { errorRules } from "./rules/errors.ts";
import { httpRules } from "./rules/http.ts";
import { lifecycleRules } from "./rules/lifecycle.ts";
import { persistenceRules } from "./rules/persistence.ts";
import { responseRules } from "./rules/response.ts";

export type {
  AdapterApp,
  AdapterLibrary,
  AdapterServer,
  AdapterUnderTest,
  Exchange,
  Reply,
} from "./rule.ts";

/** One rule of the adapter contract. `run` rejects with an Error that says what was expected. */
export interface AdapterCase {
  readonly title: string;
  run(): Promise<void>;
}

/**
 * Returns the contract of a framework adapter as a list of cases for any test runner. Each case starts a real server
 * with `serve` and sends it real requests.
 *
 * @example
 * import * as library from "coatcheck";
 * import { memoryStore } from "coatcheck/stores/memory";
 * const adapter = { library: { ...library, memoryStore }, serve, request };
 * for (const { title, run } of adapterConformance(adapter)) test(title, run);
 */
export function adapterConformance(adapter: AdapterUnderTest): AdapterCase[] {
  const rules = [lifecycleRules, persistenceRules, responseRules, errorRules, httpRules, cacheRules].flat();
  return rules.map((rule) => ({ title: rule.title, run: () => run(rule, adapter) }));
}

async function run(rule: AdapterRule, adapter: AdapterUnderTest): Promise<void> {
  const harness = new Harness(adapter);
  try {
    await rule.check(harness);
  } finally {
    await harness.close();
  }
}
