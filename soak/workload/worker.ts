import { createInterface } from "node:readline";
import { openStore } from "coatcheck/stores/open";
import { withFlaw } from "../faults/broken-stores.ts";
import type { WorkerMessage, WorkerPlan } from "../protocol.ts";
import { detailsOf } from "./recorder.ts";
import { startWorkload } from "./workload.ts";

// One process of a run. It reads the tokens of other processes, and when to stop, line by line; it writes each operation, and its memory.
const plan = JSON.parse(process.argv[2] ?? "") as WorkerPlan;
const send = (message: WorkerMessage): void => void process.stdout.write(`${JSON.stringify(message)}\n`);
const sendMemory = (): void => send({ memory: process.memoryUsage().rss });

process.on("unhandledRejection", (error) => send({ problem: `Unhandled rejection: ${detailsOf(error)}` }));
process.on("uncaughtException", (error) => send({ problem: `Uncaught exception: ${detailsOf(error)}` }));
// Ctrl-C reaches all processes of the terminal; this one is stopped by the one that started it.
process.on("SIGINT", () => undefined);

const store = withFlaw(await openStore(plan.url), plan.flaw);
const workload = startWorkload(plan, store, send);
send({ ready: true });
sendMemory();
setInterval(sendMemory, 2_000).unref();

for await (const line of createInterface(process.stdin)) {
  if (line === "stop") break;
  workload.receiveToken(JSON.parse(line));
}
await workload.stop();
await store.close?.();
sendMemory();
process.exit();
