import type { Engine } from "./engine/bundle.ts";
import { drawPlan } from "./plan/draw.ts";
import type { Plan } from "./plan/plan.ts";
import { type Outcome, play } from "./play/play.ts";
import { shrink } from "./shrink.ts";

/** A run that contradicts what was acknowledged, and the smallest that still does. */
export interface Failure {
  readonly seed: number;
  readonly plan: Plan;
  readonly outcome: Outcome;
}

/** Runs one seed. Returns its failure, shrunk, if it fails. */
export async function trySeed(engine: Engine, seed: number, steps: number): Promise<Failure | undefined> {
  const plan = drawPlan(seed, steps);
  const { broken } = await play(plan, engine);
  const [first] = broken;
  if (first === undefined) return undefined;
  const kind = kindOf(first);
  const smallest = await shrink(plan, async (smaller) => {
    const outcome = await play(smaller, engine);
    return outcome.broken.some((problem) => kindOf(problem) === kind);
  });
  return { seed, plan: smallest, outcome: await play(smallest, engine) };
}

/** The contradiction without its names and numbers. */
const kindOf = (problem: string): string => problem.replace(/\b[A-Z]\d*\b|[\d.]+/g, "#");
