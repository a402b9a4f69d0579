import type { Project } from "./project.ts";
import type { Plan } from "./render.ts";

/** From this one on Node has a driver for SQLite. */
const sqliteSince: readonly [major: number, minor: number] = [22, 13];

/** What is left to install, with the command. */
export interface Missing {
  readonly packages: readonly string[];
  readonly development: readonly string[];
  readonly commands: readonly string[];
}

export function missingPackages(plan: Plan, { packages, installer }: Project): Missing {
  const { framework, store, isTyped } = plan;
  const lacks = (name: string): boolean => !(name in packages);
  const hasDriver = store.drivers.some((driver) => driver in packages);
  const [driver] = store.drivers;
  const needsDriver = driver !== undefined && !hasDriver && !(store.name === "sqlite" && bringsSqlite(framework.name));
  const needed = [...["coatcheck"].filter(lacks), ...(needsDriver ? [driver] : [])];
  const hasNodeTypes = ["@types/node", "@types/bun", "bun-types"].some((name) => name in packages);
  const development = isTyped && store.readsEnvironment && !hasNodeTypes ? ["@types/node"] : [];
  const command = (names: readonly string[], flag: string): string[] =>
    names.length === 0 ? [] : [`${installer}${flag} ${names.join(" ")}`];
  return { packages: needed, development, commands: [...command(needed, ""), ...command(development, " -D")] };
}

/** Elysia runs on Bun, which has one. */
function bringsSqlite(framework: string): boolean {
  if (framework === "elysia" || process.versions.bun !== undefined) return true;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > sqliteSince[0] || (major === sqliteSince[0] && minor >= sqliteSince[1]);
}
