import type { Engine } from "../engine/bundle.ts";
import { EnginePool } from "../engine/pool.ts";
import type { Plan, RequestStep } from "../plan/plan.ts";
import { type Outcome, play } from "../play/play.ts";
import { faults, pairs, planOf } from "./cases.ts";
import { Choices } from "./choices.ts";

export interface Exploration {
  /** The number of worlds. */
  runs: number;
  readonly failure?: { readonly plan: Plan; readonly outcome: Outcome } | undefined;
}

/** Runs pairs of requests with every fault in every order of their calls. `every`: only one of so many pairs. */
export async function explore(
  engine: Engine,
  every: number,
  progress: (done: number, pairs: number, runs: number) => void = () => undefined,
): Promise<Exploration> {
  const pool = new EnginePool(engine);
  const total: Exploration = { runs: 0 };
  const all = [...pairs()];
  for (const [index, pair] of all.entries()) {
    if (index % every !== 0) continue;
    const { runs, failure } = await explorePair(pool, pair);
    total.runs += runs;
    if (failure) return { ...total, failure };
    progress(index + 1, all.length, total.runs);
  }
  return total;
}

type Pair = readonly [RequestStep, RequestStep];

/** Without a fault, and then with each fault of each call that is ever made. */
async function explorePair(pool: EnginePool, pair: Pair): Promise<Exploration> {
  let runs = 0;
  const plain = await explorePlan(pool, planOf(pair, undefined));
  runs += plain.runs;
  if (plain.failure) return { runs, failure: plain.failure };
  for (const process of new Set(pair.map((step) => step.process))) {
    for (const fate of faults) {
      for (let skip = 0; ; skip++) {
        const some = await explorePlan(pool, planOf(pair, { process, fate, skip }));
        runs += some.runs;
        if (some.failure) return { runs, failure: some.failure };
        if (!some.hasFailed) break;
      }
    }
  }
  return { runs };
}

/** Every order of the calls. `hasFailed`: in some of them there was the call that the fault is for. */
async function explorePlan(pool: EnginePool, plan: Plan): Promise<Exploration & { readonly hasFailed: boolean }> {
  let runs = 0;
  let hasFailed = false;
  let way: readonly number[] | undefined = [];
  while (way) {
    const choices: Choices = new Choices(way);
    const outcome = await play(plan, pool, choices.chooser);
    pool.reset();
    runs++;
    hasFailed ||= outcome.lines.some(({ text }) => text.includes("; this call "));
    if (outcome.broken.length > 0) return { runs, hasFailed, failure: { plan, outcome } };
    way = choices.next();
  }
  return { runs, hasFailed };
}
