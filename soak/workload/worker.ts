import { createInterface } from "node:readline";
import { openStore } from "coatcheck/stores/open";
import { withFlaw } from "../faults/broken-stores.ts";
import type { Told, WorkerPlan } from "../protocol.ts";
import { detailsOf } from "./recorder.ts";
import { beginLabour } from "./workload.ts";

// One process of a trial. It is told what others were given, and to stop, line by line; it tells each deed, and its memory.
const plan = JSON.parse(process.argv[2] ?? "") as WorkerPlan;
const tell = (told: Told): void => void process.stdout.write(`${JSON.stringify(told)}\n`);
const tellMemory = (): void => tell({ memory: process.memoryUsage().rss });

process.on("unhandledRejection", (error) => tell({ problem: `Unhandled rejection: ${detailsOf(error)}` }));
process.on("uncaughtException", (error) => tell({ problem: `Uncaught exception: ${detailsOf(error)}` }));
// Ctrl-C reaches all processes of the terminal; this one is stopped by the one that started it.
process.on("SIGINT", () => undefined);

const store = withFlaw(await openStore(plan.url), plan.flaw);
const labour = beginLabour(plan, store, tell);
tell({ ready: true });
tellMemory();
setInterval(tellMemory, 2_000).unref();

for await (const line of createInterface(process.stdin)) {
  if (line === "stop") break;
  labour.passed(JSON.parse(line));
}
await labour.stop();
await store.close?.();
tellMemory();
process.exit();
