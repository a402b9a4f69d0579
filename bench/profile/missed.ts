import { bareOf, type Framework, variantsOn } from "../http/variants/list.ts";
import type { HttpCell } from "../measure/http.ts";
import type { Verdict } from "../report/verdict.ts";
import type { Settings } from "../settings.ts";
import { recordProfile } from "./record.ts";
import type { FunctionCost } from "./summary.ts";

/** Where the time of one route goes, beside that of the bare framework. */
export interface RouteProfile {
  readonly cell: HttpCell;
  readonly costs: readonly FunctionCost[];
  readonly bare: readonly FunctionCost[];
}

const most = 12;

/** One profile for each route that missed a target, those furthest from it first, and one for each framework below. */
export async function profileMissed(
  settings: Settings,
  verdicts: readonly Verdict[],
  log: (line: string) => void,
): Promise<RouteProfile[]> {
  const missed = verdicts.filter(({ met }) => met === false).sort((a, b) => b.excess - a.excess);
  const cells = new Set(missed.flatMap(({ cell }) => cell ?? []));
  const bares = new Map<Framework, FunctionCost[]>();
  const profiles: RouteProfile[] = [];
  for (const cell of [...cells].slice(0, most)) {
    const { framework, library, size, route } = cell;
    log(`profile of ${framework}: ${library}, ${size}, ${route}`);
    const variant = variantsOn(framework).find((one) => one.library === library)!;
    const bare = bares.get(framework) ?? (await recordProfile(settings, bareOf(framework), "500 B", "none"));
    bares.set(framework, bare);
    profiles.push({ cell, bare, costs: await recordProfile(settings, variant, size, route) });
  }
  return profiles;
}
