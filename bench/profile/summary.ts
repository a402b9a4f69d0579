import type { Profiler } from "node:inspector";

export interface FunctionCost {
  /** Name and file, without the folders of this machine. */
  readonly name: string;
  /** Microseconds per request in the function itself, and with all that it called. */
  readonly self: number;
  readonly total: number;
}

type Node = Profiler.ProfileNode;

/** What each function cost per request. Waiting is left out. */
export function summarise(profile: Profiler.Profile, requests: number): FunctionCost[] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id])));
  const selfTimes = selfTimeOf(profile);
  const costs = new Map<string, { self: number; total: number }>();
  for (const [id, time] of selfTimes) {
    const node = nodes.get(id)!;
    if (node.callFrame.functionName === "(idle)") continue;
    const seen = new Set<string>();
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const name = nameOf(nodes.get(at)!);
      const cost = costs.get(name) ?? { self: 0, total: 0 };
      costs.set(name, cost);
      if (at === id) cost.self += time / requests;
      // A function that calls itself counts once.
      if (!seen.has(name)) cost.total += time / requests;
      seen.add(name);
    }
  }
  return [...costs].map(([name, cost]) => ({ name, ...cost }));
}

/** Microseconds by node: a sample stands for the time since the one before. */
function selfTimeOf({ samples = [], timeDeltas = [] }: Profiler.Profile): Map<number, number> {
  const times = new Map<number, number>();
  for (const [at, id] of samples.entries()) times.set(id, (times.get(id) ?? 0) + Math.max(0, timeDeltas[at] ?? 0));
  return times;
}

function nameOf({ callFrame: { functionName, url, lineNumber } }: Node): string {
  if (url === "") return functionName || "(anonymous)";
  return `${functionName || `(anonymous, line ${lineNumber + 1})`} ${withoutFolders(url)}`;
}

function withoutFolders(url: string): string {
  const [, inPackage] = /.*\/node_modules\/(.*)/.exec(url) ?? [];
  return inPackage ?? url.replace(/^.*\/(dist|bench)\//, "$1/");
}
