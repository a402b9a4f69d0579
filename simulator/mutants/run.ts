import { buildEngine, type Engine } from "../engine/bundle.ts";
import type { Plan } from "../plan/plan.ts";
import { play } from "../play/play.ts";
import { type Failure, trySeed } from "../search.ts";
import type { Mend } from "./mend.ts";
import { mends } from "./mends.ts";

/** So many seeds are tried for each. */
const most = 4_000;

/**
 * Takes each mend out in turn whose name has `only`, and looks for a seed that shows it. Prints the rows of a table.
 * Returns whether all were found.
 */
export async function runMutants(steps: number, only: string): Promise<boolean> {
  const chosen = mends.filter(({ name }) => name.includes(only));
  let found = 0;
  // First all patches: one that does not fit any more is known at once.
  const engines = new Map<Mend, Engine>();
  for (const mend of chosen) engines.set(mend, await without(mend));
  const whole = await buildEngine();
  for (const [mend, engine] of engines) {
    const failure = mend.plan ? await show(engine, whole, mend.plan) : await find(engine, whole, steps);
    if (failure) found++;
    console.log(
      failure
        ? rowOf(mend, failure)
        : `| ${mend.name} | ${mend.plan ? "not shown by its plan" : `not found in ${most} seeds`} | | |`,
    );
  }
  console.log(`\n${found} of ${chosen.length} mends are proven.`);
  return found === chosen.length;
}

export async function without({ name, patches, storeFlaw }: Mend): Promise<Engine> {
  try {
    return { ...(await buildEngine(patches)), storeFlaw };
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

/** What the plan shows, and only with the mend taken out. */
export async function show(engine: Engine, whole: Engine, plan: Plan): Promise<Failure | undefined> {
  const outcome = await play(plan, engine);
  const isProof = outcome.broken.length > 0 && (await play(plan, whole)).broken.length === 0;
  return isProof ? { seed: plan.seed, plan, outcome } : undefined;
}

function rowOf({ name, plan: given }: Mend, { seed, plan, outcome }: Failure): string {
  const [problem = ""] = outcome.broken;
  return `| ${name} | ${given ? "a plan" : seed} | ${plan.steps.length} | ${problem} |`;
}
