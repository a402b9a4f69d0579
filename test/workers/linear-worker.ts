import { openSync, writeSync } from "node:fs";
import { createSessions } from "coatcheck";
import { Random } from "../linearizability/_random.ts";
import { recordClient } from "../linearizability/_record-client.ts";
import type { RecordInput, RecordOutput } from "../linearizability/_record-model.ts";
import { Recorder } from "../linearizability/_recorder.ts";
import type { Level, WorkerPlan } from "../linearizability/_run.ts";
import { generateId, sessionClient } from "../linearizability/_session-client.ts";
import type { SessionInput, SessionOutput, Visit } from "../linearizability/_session-model.ts";
import { SessionTable } from "../linearizability/_session-table.ts";
import { openVia } from "./linear-store.ts";

// Some clients work on records of a store, and then as many on sessions in it. Each start and each answer is a line.
const plan = JSON.parse(process.argv[2] ?? "") as WorkerPlan;
const { process: own, processes, clients, operations, slots, origin, isFaulty } = plan;
const store = await openVia(plan.url, plan.detours);

// A file, because what is written to a pipe may be lost when the process is killed.
const recording = openSync(plan.path, "a");

function recorder<Input, Output>(level: Level): Recorder<Input, Output> {
  return new Recorder(
    () => Number(process.hrtime.bigint() - BigInt(origin.clock)) / 1e6,
    (line) => void writeSync(recording, `${JSON.stringify({ level, ...line })}\n`),
  );
}

/** All clients of this process, each from a seed of its own. */
async function run(makeClient: (name: string, random: Random) => () => Promise<void>): Promise<void> {
  const all = Array.from({ length: clients }, async (_, n) => {
    const step = makeClient(`${own}.${n}`, new Random(plan.seed + own * clients + n));
    for (let done = 0; done < operations; done++) await step();
  });
  await Promise.all(all);
}

await store.setup?.().catch(() => undefined);
process.stdout.write("ready\n");
await new Promise((resolve) => process.stdin.once("data", resolve));

const shared = { namespace: "linear-records", now: origin.time, slots, patience: isFaulty ? 1_000 : 30_000 };
const records = recorder<RecordInput, RecordOutput>("records");
await run((name, random) => recordClient({ name, store, random, recorder: records, ...shared }));

const sessions = createSessions<Visit>({
  store,
  generateId,
  name: "session",
  namespace: "linear-sessions",
  // A minute in a second, so that visits are due to be recorded.
  clock: () => origin.time + (Date.now() - origin.time) * 60,
  pruneInterval: false,
  // Without faults nothing may time out, however busy the machine is.
  ...(isFaulty ? { storeTimeout: "1s", commitTimeout: "3s" } : { storeTimeout: "30s", commitTimeout: "60s" }),
  observer: () => undefined,
});
const table = new SessionTable(slots, (slot) => slot % processes === own);
const visits = recorder<SessionInput, SessionOutput>("sessions");
await run((name, random) => sessionClient({ name, sessions, table, isFaulty, random, recorder: visits }));
await sessions.close();
process.stdout.write("end\n");
process.exit();
