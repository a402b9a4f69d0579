import { buildEngine, type Engine } from "../engine/bundle.ts";
import { play } from "../play/play.ts";
import { type Failure, trySeed } from "../search.ts";
import { type Mend, mends } from "./mends.ts";

/** So many seeds are tried for each. */
const most = 4_000;

/** Takes each mend out in turn and looks for a seed that shows it. Prints a table. Returns whether all were found. */
export async function runMutants(steps: number): Promise<boolean> {
  const rows: string[] = [];
  let areAllFound = true;
  // First all patches: one that does not fit any more is known at once.
  const engines = new Map<Mend, Engine>();
  for (const mend of mends) engines.set(mend, await without(mend));
  const whole = await buildEngine();
  for (const [mend, engine] of engines) {
    const failure = await find(engine, whole, steps);
    areAllFound &&= failure !== undefined;
    const row = failure ? found(mend, failure) : `| ${mend.name} | not found in ${most} seeds | | |`;
    console.log(row);
    rows.push(row);
  }
  console.log(`\n${rows.length} mends, ${areAllFound ? "all" : "not all"} of them proven.`);
  return areAllFound;
}

async function without({ name, patches }: Mend): Promise<Engine> {
  try {
    return await buildEngine(patches);
  } catch (cause) {
    throw new Error(`"${name}" cannot be taken out. Correct simulator/mutants/mends.ts.`, { cause });
  }
}

/** What also fails with all mends in is no proof. */
async function find(engine: Engine, whole: Engine, steps: number): Promise<Failure | undefined> {
  for (let seed = 1; seed <= most; seed++) {
    const failure = await trySeed(engine, seed, steps);
    if (!failure) continue;
    if ((await play(failure.plan, whole)).broken.length === 0) return failure;
    console.log(`--seed ${seed} --steps ${steps} contradicts itself without a patch.`);
  }
  return undefined;
}

function found({ name }: Mend, { seed, plan, outcome }: Failure): string {
  const [problem = ""] = outcome.broken;
  return `| ${name} | ${seed} | ${plan.steps.length} | ${problem} |`;
}
