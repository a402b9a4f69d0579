import type { FunctionCost } from "./summary.ts";

export const groups = [
  "coatcheck",
  "packages",
  "Node's JavaScript",
  "native code",
  "garbage collector",
  "handlers",
] as const;
export type Group = (typeof groups)[number];

/** Whose code a function is, by its name in a summary. */
export function groupOf({ name }: FunctionCost): Group {
  if (name === "(garbage collector)") return "garbage collector";
  const [, file] = / ([^ ]+)$/.exec(name) ?? [];
  if (file === undefined || !/[/:]/.test(file)) return "native code";
  if (file.startsWith("node:")) return "Node's JavaScript";
  if (file.startsWith("dist/")) return "coatcheck";
  return file.startsWith("bench/") ? "handlers" : "packages";
}

/** Microseconds per request by group. */
export function sumByGroup(costs: readonly FunctionCost[]): Record<Group, number> {
  const sums = Object.fromEntries(groups.map((group) => [group, 0])) as Record<Group, number>;
  for (const cost of costs) sums[groupOf(cost)] += cost.self;
  return sums;
}
