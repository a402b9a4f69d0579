import { type Variant, variants } from "../http/variants/list.ts";
import type { HttpCell } from "../measure/http.ts";
import type { Verdict } from "../report/targets.ts";
import type { Settings } from "../settings.ts";
import { recordProfile } from "./record.ts";
import type { FunctionCost } from "./summary.ts";

/** Where the time of one route goes, beside that of the bare framework. */
export interface RouteProfile {
  readonly cell: Pick<HttpCell, "variant" | "size" | "route">;
  readonly costs: readonly FunctionCost[];
  readonly bare: readonly FunctionCost[];
}

const named = (name: string): Variant => variants.find((variant) => variant.name === name) as Variant;

/** One profile for each route that missed a target, and one for each framework below them. */
export async function profileMissed(
  settings: Settings,
  verdicts: readonly Verdict[],
  log: (line: string) => void,
): Promise<RouteProfile[]> {
  const bares = new Map<string, FunctionCost[]>();
  const profiles: RouteProfile[] = [];
  for (const { met, cell } of verdicts) {
    if (met || !cell || profiles.some((profile) => profile.cell === cell)) continue;
    log(`profile of ${cell.variant}, ${cell.size}, ${cell.route}`);
    const variant = named(cell.variant);
    const framework = variant.over as string;
    const bare = bares.get(framework) ?? (await recordProfile(settings, named(framework), "500 B", "none"));
    bares.set(framework, bare);
    profiles.push({ cell, bare, costs: await recordProfile(settings, variant, cell.size, cell.route) });
  }
  return profiles;
}
