import type { CoreRow } from "../measure/core.ts";
import { httpVerdicts } from "./http-targets.ts";
import type { Results } from "./results.ts";
import { atMost, times, type Verdict } from "./verdict.ts";

/** Each target whose part has been measured. */
export function judge(results: Results): Verdict[] {
  return [...coreVerdicts(results.core), ...httpVerdicts(results.http), ...sealVerdicts(results), ...others(results)];
}

/** Of the floor, by size and route. */
const overFloor = {
  "500 B": { untouched: 2.2, read: 2.2, write: 2.2 },
  "20 kB": { untouched: 2.2, read: 2.5, write: 3 },
} as const;

function coreVerdicts(rows: readonly CoreRow[]): Verdict[] {
  return rows
    .filter(({ kept }) => kept === "memory")
    .map(({ size, route, ours, floor }) =>
      atMost(`core, memory, ${size}, ${route}: of its floor`, ours.least / floor.least, overFloor[size][route], times),
    );
}

function sealVerdicts({ seal }: Results): Verdict[] {
  return [...new Set(seal.map(({ bytes }) => bytes))].map((bytes) => {
    const pair = (name: string): number => {
      const cost = seal.find((one) => one.sealer === name && one.bytes === bytes)!;
      return cost.seal + cost.unseal;
    };
    const ratio = pair("coatcheck") / pair("node:crypto");
    return atMost(`seal + unseal, ${bytes} B: of node:crypto`, ratio, 1.5, times);
  });
}

function others({ heap, sizes, imports }: Results): Verdict[] {
  const verdicts: Verdict[] = [];
  if (heap.length > 0) {
    const weight = (store: string): number => heap.find((one) => one.store === store)!.bytesPerSession;
    const ratio = weight("coatcheck") / weight("express-session");
    verdicts.push(atMost("heap of a stored session: of express-session", ratio, 1, times));
  }
  if (imports.length > 0) {
    const time = (name: string): number => imports.find(({ module }) => module === name)!.overEmpty;
    const ratio = time("coatcheck") / time("express-session");
    verdicts.push(atMost("import, over an empty module: of express-session", ratio, 0.6, times));
  }
  for (const { what, own, most } of sizes) {
    if (most !== undefined) verdicts.push(atMost(`${what}, gzipped`, own, most, (bytes) => `${bytes} B`));
  }
  return verdicts;
}
