import { groupOf, groups, sumByGroup } from "../profile/groups.ts";
import type { RouteProfile } from "../profile/missed.ts";
import { table } from "./tables.ts";

/** Where the time goes on routes that missed a target: microseconds over the bare framework, and our dearest functions. */
export function missedTable(profiles: readonly RouteProfile[]): string {
  const rows = profiles.map(({ cell, costs, bare }) => {
    const [own, base] = [sumByGroup(costs), sumByGroup(bare)];
    const dearest = [...costs]
      .filter((cost) => groupOf(cost) === "coatcheck")
      .sort((a, b) => b.self - a.self)
      .slice(0, 4)
      .map(({ name, self }) => `${name.replace(/^(.*) dist\/(.*)\.js$/, "`$1` ($2)")} ${self.toFixed(1)}`);
    return [
      `${cell.framework}: ${cell.library}, ${cell.size}, ${cell.route}`,
      ...groups.map((group) => (own[group] - base[group]).toFixed(1)),
      dearest.join(", "),
    ];
  });
  return table(["", ...groups, "of ours"], rows);
}
