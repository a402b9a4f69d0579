import { Child } from "../child.ts";
import type { CoreKept, CoreRoute } from "../core/program.ts";
import type { CoreQuestion } from "../core/worker.ts";
import type { Size } from "../data.ts";
import type { Settings } from "../settings.ts";
import { mean } from "./statistics.ts";

/** Microseconds of processor time of one request. */
export interface Turns {
  /** In the best turn. */
  readonly least: number;
  /** Of all turns, with what the garbage collector takes now and then. */
  readonly mean: number;
}

export interface CoreRow {
  readonly kept: CoreKept;
  readonly size: Size;
  readonly route: CoreRoute;
  /** Whether the process has had each token a moment before. */
  readonly seen: boolean;
  readonly ours: Turns;
  readonly floor: Turns;
}

type Work = Omit<CoreRow, "ours" | "floor">;

const routes: readonly CoreRoute[] = ["untouched", "read", "write"];
const rows = (kept: CoreKept, size: Size): Work[] => routes.map((route) => ({ kept, size, route, seen: true }));

const works: readonly Work[] = [
  ...rows("memory", "500 B"),
  ...rows("memory", "20 kB"),
  ...rows("later", "500 B"),
  ...rows("later", "20 kB"),
  ...rows("sealed", "500 B"),
  ...(["untouched", "read"] as const).map((route): Work => ({ kept: "sealed", size: "500 B", route, seen: false })),
];

/** Our core and the floor in turns, each in a process of its own. */
export async function measureCore(settings: Settings, log: (line: string) => void): Promise<CoreRow[]> {
  const results: CoreRow[] = [];
  for (const work of works) {
    const row = await measureWork(work, settings);
    const { kept, size, route, seen, ours, floor } = row;
    log(
      `${kept}, ${size}, ${route}${seen ? "" : ", not seen"}: ${ours.least.toFixed(1)}, floor ${floor.least.toFixed(1)}`,
    );
    results.push(row);
  }
  return results;
}

async function measureWork(work: Work, { coreTurns, coreVisits }: Settings): Promise<CoreRow> {
  const visitors = work.seen ? 500 : 10_000;
  const args = [work.kept, work.size, work.route, String(visitors)];
  const programs = ["coatcheck", "floor"].map((name) => ({
    child: new Child("./core/worker.ts", [name, ...args]),
    times: [] as number[],
  }));
  try {
    for (const { child } of programs) await child.ask<number>((coreVisits * 10) satisfies CoreQuestion);
    for (let turn = 0; turn < coreTurns; turn++) {
      for (const { child, times } of programs) times.push(await child.ask<number>(coreVisits satisfies CoreQuestion));
    }
    const [ours, floor] = programs.map(({ times }) => ({ least: Math.min(...times), mean: mean(times) }));
    return { ...work, ours: ours!, floor: floor! };
  } finally {
    for (const { child } of programs) child.stop();
  }
}
