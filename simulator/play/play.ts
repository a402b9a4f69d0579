import type { Engine } from "../engine/bundle.ts";
import { Oracle } from "../oracle/oracle.ts";
import type { Plan, Step } from "../plan/plan.ts";
import type { Line } from "../world/trace.ts";
import { World, type WorldOptions } from "../world/world.ts";
import { administrate } from "./administration.ts";
import { limitsOf } from "./application.ts";
import { audit } from "./audit.ts";
import { fail } from "./faults.ts";
import { job } from "./job.ts";
import { request } from "./request.ts";
import { Stage } from "./stage.ts";

export interface Outcome {
  /** Each contradiction, in a sentence. */
  readonly broken: readonly string[];
  readonly lines: readonly Line[];
  /** Two runs of one plan have the same. */
  readonly digest: string;
}

/** After this time the library has taken back what it could, in milliseconds. */
const settling = 120_000;

/** Runs a plan from the beginning of a world to its end. */
export async function play(plan: Plan, engine: Engine, chooser?: WorldOptions["chooser"]): Promise<Outcome> {
  const world = new World({ seed: plan.seed, engine, chooser });
  const oracle = new Oracle(world, limitsOf(plan.setting));
  const stage = new Stage(world, oracle, plan);
  const { scheduler } = world;
  const crash = (error: unknown): void => oracle.fail(`the simulator met ${(error as Error).stack ?? error}`);
  for (const step of plan.steps) scheduler.after(step.at, () => void act(stage, step).catch(crash));
  const end = Math.max(0, ...plan.steps.map(({ at }) => at));
  let isOver = false;
  scheduler.after(end + settling / 4, () => heal(stage));
  scheduler.after(end + settling, () => {
    audit(stage)
      .catch(crash)
      .finally(() => {
        isOver = true;
      });
  });
  await scheduler.run(() => isOver);
  return { broken: oracle.broken, lines: world.trace.lines, digest: world.trace.digest() };
}

async function act(stage: Stage, step: Step): Promise<void> {
  switch (step.kind) {
    case "request":
      return request(stage, step);
    case "job":
      return job(stage, step);
    case "admin":
      return administrate(stage, step);
    default:
      return fail(stage, step);
  }
}

/** From now on nothing goes wrong. */
function heal(stage: Stage): void {
  stage.world.isFull = false;
  for (const process of stage.processes()) {
    process.resume();
    process.lag = 0;
    process.clearFates();
  }
}
