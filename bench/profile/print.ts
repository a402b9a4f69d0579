import type { Size } from "../data.ts";
import type { Route } from "../http/load/visitor.ts";
import { frameworks, variantsOn } from "../http/variants/list.ts";
import type { Settings } from "../settings.ts";
import { recordProfile } from "./record.ts";

/** Where the time of one route goes, function by function. The words: a framework, a library, a size, a route. */
export async function printProfile(settings: Settings, words: readonly string[]): Promise<void> {
  const [framework, library, size, route] = words;
  const all = frameworks.flatMap(variantsOn);
  const variant = all.find((one) => one.framework === framework && one.library === library);
  if (!variant) {
    const names = all.map((one) => `${JSON.stringify(one.framework)} ${JSON.stringify(one.library)}`);
    throw new Error(`There is\n${names.join("\n")}`);
  }
  const costs = await recordProfile(settings, variant, size as Size, route as Route);
  for (const by of ["self", "total"] as const) {
    console.log(`\nmicroseconds per request: ${by}`);
    for (const cost of [...costs].sort((a, b) => b[by] - a[by]).slice(0, 40)) {
      console.log(`${cost[by].toFixed(2).padStart(9)}  ${cost.name}`);
    }
  }
}
