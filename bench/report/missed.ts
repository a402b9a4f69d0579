import { groupOf, groups, sumByGroup } from "../profile/groups.ts";
import type { RouteProfile } from "../profile/missed.ts";
import { explanationOf } from "./explanations.ts";
import { table } from "./tables.ts";
import type { Verdict } from "./targets.ts";

/** The targets that were missed, each with its reason, and a profile for those over HTTP. */
export function missedSection(verdicts: readonly Verdict[], profiles: readonly RouteProfile[]): string {
  const missed = verdicts.filter(({ met }) => !met);
  if (missed.length === 0) return "";
  const intro = `The profiles show microseconds per request, beside those of the bare framework. Sampling makes them larger than the figures above. A
function that V8 has inlined counts as its caller's.`;
  const parts = profiles.length === 0 ? [] : [intro, ...profiles.map(profileTables)];
  return ["\n## What is missed, and why", ...reasons(missed), ...parts].join("\n\n").concat("\n");
}

/** What is missed for one reason stands together, the reason below it. */
function reasons(missed: readonly Verdict[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { id, what, measured, limit } of missed) {
    const reason = explanationOf(id);
    byReason.set(reason, [...(byReason.get(reason) ?? []), `* ${what}: ${measured}, not ${limit}`]);
  }
  return [...byReason].map(([reason, lines]) => [lines.join("\n"), reason].filter(Boolean).join("\n\n"));
}

function profileTables({ cell, costs, bare }: RouteProfile): string {
  const [own, base] = [sumByGroup(costs), sumByGroup(bare)];
  const rows = groups.map((group) => [group, own[group].toFixed(1), base[group].toFixed(1)]);
  const dearest = [...costs]
    .filter((cost) => groupOf(cost) === "coatcheck")
    .sort((a, b) => b.self - a.self)
    .slice(0, 8)
    .map(({ name, self }) => `${name.replace(/^(.*) dist\/(.*)\.js$/, "`$1` ($2)")} ${self.toFixed(1)}`);
  return `### ${cell.variant}, ${cell.size}, ${cell.route}

${table(["", "with sessions", "bare"], rows)}

Of ours: ${dearest.join(", ")}.`;
}
