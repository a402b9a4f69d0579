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
  progress: (pairs: number, runs: number) => void = () => undefined,
): Promise<Exploration> {
  const pool = new EnginePool(engine);
  const total: Exploration = { runs: 0 };
  let index = 0;
  for (const pair of pairs()) {
    if (index++ % every !== 0) continue;
    const { runs, failure } = await explorePair(pool, pair);
    total.runs += runs;
    if (failure) return { ...total, failure };
    progress(index, total.runs);
  }
  return total;
}

async function explorePair(pool: EnginePool, pair: readonly [RequestStep, RequestStep]): Promise<Exploration> {
  let runs = 0;
  for (const fault of faults()) {
    const plan = planOf(pair, fault);
    let way: readonly number[] | undefined = [];
    while (way) {
      const choices: Choices = new Choices(way);
      const outcome = await play(plan, pool, choices.chooser);
      pool.reset();
      runs++;
      if (outcome.broken.length > 0) return { runs, failure: { plan, outcome } };
      way = choices.next();
    }
  }
  return { runs };
}
