// npm run soak -- --minutes 10                              all stores, each with three processes
// npm run soak -- --minutes 1 --stores redis,postgres --seed 7
import { setTimeout as sleep } from "node:timers/promises";
import { readOptions } from "./options.ts";
import { now } from "./protocol.ts";
import { finalReport, progressLine } from "./report.ts";
import { type StoreRun, startStoreRun } from "./store-run.ts";
import { type Target, targets } from "./targets.ts";

const lineInterval = 15_000;
const { minutes, seed, stores, workers, flaw } = readOptions(process.argv.slice(2));

const over = new AbortController();
process.on("SIGINT", () => {
  if (over.signal.aborted) process.exit(130);
  console.log("Ends now, with the report. Once more to end without.");
  over.abort();
});

const open: Target[] = [];
const runs: StoreRun[] = [];

/** So many processes share the machine that each must rest the longer, the more there are. */
const rest = 30 * (stores.length + 1);

/** The load on a store begins at once. */
async function begin(name: string, index: number): Promise<void> {
  const own = seed + index * 1_000_003;
  const target = await targets[name]?.(own);
  if (target === undefined) return;
  open.push(target);
  runs.push(await startStoreRun({ name: target.label ?? name, target, seed: own, workers, rest, flaw }));
}

try {
  console.log(`${minutes} minutes of ${stores.join(", ")} with --seed ${seed}`);
  // One after the other: a machine on which everything starts at once gives nothing its time.
  for (const [index, name] of stores.entries()) if (!over.signal.aborted) await begin(name, index);
  const start = now();
  const printing = setInterval(() => {
    for (const run of runs) console.log(progressLine(run, (now() - start) / 1_000));
  }, lineInterval);
  await sleep(minutes * 60_000, undefined, { signal: over.signal }).catch(() => undefined);
  clearInterval(printing);
  console.log("Looks at what is stored.");
  await Promise.all(runs.map((run) => run.end()));
  console.log(`\n${finalReport(runs, seed)}`);
  process.exitCode = runs.every(({ history }) => history.violations.size === 0) ? 0 : 1;
} finally {
  await Promise.all(open.map((target) => target.dispose()));
}
process.exit();
