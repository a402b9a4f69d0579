// npm run simulate -- --minutes 10            new seeds for ten minutes; stops at the first contradiction
// npm run simulate -- --minutes 10 --seed 7   the same from this seed on, so that parts add up
// npm run simulate -- --seed 7 --steps 60     one seed, with its story
// npm run simulate -- --exhaustive            two requests of two operations, with one fault, in every order
// npm run simulate -- --mutants               without each mend in turn; writes the table of docs/simulator.md
// npm run simulate -- --mutants --only B73    only mends with this in their names
import { buildEngine, type Engine } from "./engine/bundle.ts";
import { explore } from "./exhaustive/explore.ts";
import { runMutants } from "./mutants/run.ts";
import { type Options, readOptions } from "./options.ts";
import { drawPlan } from "./plan/draw.ts";
import { play } from "./play/play.ts";
import { type Failure, trySeed } from "./search.ts";
import { storyOf } from "./story.ts";

const lineInterval = 15_000;

async function search(engine: Engine, { minutes, seed, steps }: Options): Promise<Failure | undefined> {
  const end = performance.now() + minutes * 60_000;
  let printed = performance.now();
  let runs = 0;
  console.log(`${minutes} minutes of ${steps} steps each, from --seed ${seed}`);
  for (; performance.now() < end; runs++) {
    const failure = await trySeed(engine, seed + runs, steps);
    if (failure) return failure;
    if (performance.now() - printed < lineInterval) continue;
    printed = performance.now();
    console.log(`${runs + 1} runs, to seed ${seed + runs}`);
  }
  console.log(`${runs} runs, ${runs * steps} steps. Nothing was lost. Go on with --seed ${seed + runs}.`);
  return undefined;
}

/** Returns whether no order of any two requests contradicts itself. */
async function exhaust(engine: Engine): Promise<boolean> {
  let printed = performance.now();
  const { runs, failure } = await explore(engine, 1, (done, pairs, runs) => {
    if (performance.now() - printed < lineInterval) return;
    printed = performance.now();
    console.log(`${done} of ${pairs} pairs of requests, ${runs} runs`);
  });
  console.log(failure ? storyOf(failure.plan.setting, failure.outcome.lines) : `${runs} runs. Nothing was lost.`);
  return failure === undefined;
}

function report({ seed, plan, outcome }: Failure, { steps }: Options): void {
  console.log(
    `--seed ${seed} --steps ${steps} contradicts itself. The smallest part that does, in ${plan.steps.length} steps:\n`,
  );
  console.log(storyOf(plan.setting, outcome.lines));
}

const options = readOptions(process.argv.slice(2));
const engine = await buildEngine();
if (options.hasMutants) {
  process.exitCode = (await runMutants(options.steps, options.only)) ? 0 : 1;
} else if (options.isExhaustive) {
  process.exitCode = (await exhaust(engine)) ? 0 : 1;
} else if (options.isSingle) {
  const failure = await trySeed(engine, options.seed, options.steps);
  const plan = failure?.plan ?? drawPlan(options.seed, options.steps);
  const { lines, broken } = failure?.outcome ?? (await play(plan, engine));
  if (failure) report(failure, options);
  else console.log(storyOf(plan.setting, lines));
  process.exitCode = broken.length === 0 ? 0 : 1;
} else {
  const failure = await search(engine, options);
  if (failure) report(failure, options);
  process.exitCode = failure ? 1 : 0;
}
