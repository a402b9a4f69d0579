import { closeSync, openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { createSessions, type SessionStore } from "coatcheck";
import type { RecordInput, RecordOutput } from "../../linearizability/models/record-model.ts";
import type { SessionInput, SessionOutput, Visit } from "../../linearizability/models/session-model.ts";
import { SessionTable } from "../../linearizability/models/session-table.ts";
import { recordClient } from "../../linearizability/workload/record-client.ts";
import { Recorder } from "../../linearizability/workload/recorder.ts";
import type { Level, WorkerPlan } from "../../linearizability/workload/run.ts";
import { generateId, sessionClient } from "../../linearizability/workload/session-client.ts";
import { Random } from "../random.ts";
import { openVia } from "./linear-store.ts";

type MakeClient = (name: string, random: Random) => () => Promise<void>;

// For each plan that comes in: opens the store and the recording, says so, and at the next line lets its clients work, until the end.
const lines = createInterface(process.stdin)[Symbol.asyncIterator]();
const nextLine = async (): Promise<string | undefined> => (await lines.next()).value;
for (let line = await nextLine(); line !== undefined; line = await nextLine()) {
  const plan: WorkerPlan = JSON.parse(line);
  const store = await openVia(plan.url, plan.detours);
  await store.setup?.().catch(() => undefined);
  // A file, because what is written to a pipe may be lost when the process is killed.
  const recording = openSync(plan.path, "a");
  process.stdout.write("ready\n");
  await nextLine();
  await work(plan, store, recording);
  closeSync(recording);
  process.stdout.write("end\n");
}
process.exit();

/** Some clients work on records of the store, and then as many on sessions in it. */
async function work(plan: WorkerPlan, store: SessionStore, recording: number): Promise<void> {
  const record = (level: Level, line: object): void => {
    writeSync(recording, `${JSON.stringify({ level, ...line })}\n`);
  };
  await workOnRecords(plan, store, (line) => record("records", line));
  await workOnSessions(plan, store, (line) => record("sessions", line));
  await store.close?.();
}

async function workOnRecords(plan: WorkerPlan, store: SessionStore, write: (line: object) => void): Promise<void> {
  const { origin, slots, isFaulty } = plan;
  const recorder = new Recorder<RecordInput, RecordOutput>(clockOf(plan), write);
  const patience = isFaulty ? 10_000 : 30_000;
  const shared = { store, namespace: "linear-records", now: origin.time, patience, recorder, slots };
  await run(plan, (name, random) => recordClient({ ...shared, name, random }));
}

async function workOnSessions(plan: WorkerPlan, store: SessionStore, write: (line: object) => void): Promise<void> {
  const { process: own, processes, origin, slots, isFaulty } = plan;
  const recorder = new Recorder<SessionInput, SessionOutput>(clockOf(plan), write);
  const table = new SessionTable(slots, (slot) => slot % processes === own);
  const sessions = createSessions<Visit>({
    store,
    generateId,
    namespace: "linear-sessions",
    // A minute in a second, so that visits are due to be recorded.
    clock: () => origin.time + (Date.now() - origin.time) * 60,
    pruneInterval: false,
    // Clients try their old tokens again, on purpose.
    onReuse: "report",
    // Without faults nothing may time out, however busy the machine is.
    ...(isFaulty ? { storeTimeout: "10s", commitTimeout: "30s" } : { storeTimeout: "30s", commitTimeout: "60s" }),
    observer: () => undefined,
  });
  await run(plan, (name, random) => sessionClient({ name, sessions, table, isFaulty, random, recorder }));
  await sessions.close();
}

/** Milliseconds since all processes of the run began, of the clock that they share. */
function clockOf({ origin }: WorkerPlan): () => number {
  const begin = BigInt(origin.clock);
  return () => Number(process.hrtime.bigint() - begin) / 1e6;
}

/** All clients of this process, each from a seed of its own. */
async function run({ process: own, clients, operations, seed }: WorkerPlan, makeClient: MakeClient): Promise<void> {
  const all = Array.from({ length: clients }, async (_, n) => {
    const step = makeClient(`${own}.${n}`, new Random(seed + own * clients + n));
    for (let done = 0; done < operations; done++) await step();
  });
  await Promise.all(all);
}
