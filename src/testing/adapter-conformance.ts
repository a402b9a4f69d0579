import { cacheRules } from "./_adapter-caches.ts";
import { errorRules } from "./_adapter-errors.ts";
import { httpRules } from "./_adapter-http.ts";
import { keepingRules } from "./_adapter-keeping.ts";
import { lifeRules } from "./_adapter-life.ts";
import { responseRules } from "./_adapter-response.ts";
import type { AdapterUnderTest } from "./_adapter-rule.ts";
import type { AdapterRule } from "./_adapter-stage.ts";
import { Stage } from "./_adapter-stage.ts";

export type {
  AdapterApp,
  AdapterLibrary,
  AdapterRequest,
  AdapterServer,
  AdapterUnderTest,
  Exchange,
  Reply,
} from "./_adapter-rule.ts";

/** One sentence of the adapter contract; `run` rejects with an Error that says what was expected. */
export interface AdapterCase {
  readonly title: string;
  run(): Promise<void>;
}

/**
 * The contract of a framework adapter as a list of cases, for any test runner. Each case starts a real server by
 * `serve`, and visits it with real requests.
 *
 * @example
 * import * as library from "coatcheck";
 * import { memoryStore } from "coatcheck/stores/memory";
 * const adapter = { library: { ...library, memoryStore }, serve, request };
 * for (const { title, run } of adapterConformance(adapter)) test(title, run);
 */
export function adapterConformance(adapter: AdapterUnderTest): AdapterCase[] {
  const rules = [lifeRules, keepingRules, responseRules, errorRules, httpRules, cacheRules].flat();
  return rules.map((rule) => ({ title: rule.title, run: () => run(rule, adapter) }));
}

async function run(rule: AdapterRule, adapter: AdapterUnderTest): Promise<void> {
  const stage = new Stage(adapter);
  try {
    await rule.check(stage);
  } finally {
    await stage.close();
  }
}
