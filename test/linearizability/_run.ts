import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startWorker, type Worker } from "../_processes.ts";
import type { Detours } from "../workers/linear-store.ts";
import type { Operation } from "./_history.ts";
import type { RecordInput, RecordOutput } from "./_record-model.ts";
import { historiesOf, type Line } from "./_recorder.ts";
import type { SessionInput, SessionOutput } from "./_session-model.ts";

export type Level = "records" | "sessions";

/** What one process is to do. */
export interface WorkerPlan {
  readonly url: string;
  readonly detours?: Detours | undefined;
  /** Where its recording goes. */
  readonly path: string;
  readonly seed: number;
  /** Its number, from 0. */
  readonly process: number;
  readonly processes: number;
  /** Of each process. */
  readonly clients: number;
  /** Of each client, on each level. */
  readonly operations: number;
  readonly slots: number;
  /** Where all processes count their time from. */
  readonly origin: {
    /** Nanoseconds of the host's monotonic clock, which all of its processes share. */
    readonly clock: string;
    readonly time: number;
  };
  /** Answers may get lost. */
  readonly isFaulty: boolean;
}

export interface Recording {
  /** What happened to each record, and to each session. */
  readonly records: Map<string, Operation<RecordInput, RecordOutput>[]>;
  readonly sessions: Map<string, Operation<SessionInput, SessionOutput>[]>;
}

type TaggedLine = Line<unknown, unknown> & { readonly level: Level };

export interface RunPlan extends Pick<WorkerPlan, "url" | "detours" | "seed" | "isFaulty"> {
  /** Kills the last process with SIGKILL once its recording has so many bytes. */
  readonly killAt?: number | undefined;
  /** Ends all processes when the test is given up. */
  readonly signal: AbortSignal;
}

const processes = 4;
const size = { processes, clients: 8, operations: 200, slots: 5 };

/** Lets four processes work on one store at once, and gathers what their clients were told. */
export async function record({ killAt, signal, ...shared }: RunPlan): Promise<Recording> {
  const origin = { clock: `${process.hrtime.bigint()}`, time: Date.now() };
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-linear-"));
  try {
    const members = Array.from({ length: processes }, (_, own): Member => {
      const path = join(folder, `${own}`);
      const plan: WorkerPlan = { ...size, ...shared, path, origin, process: own };
      const isVictim = killAt !== undefined && own === processes - 1;
      return {
        path,
        worker: startWorker("linear-worker.ts", [JSON.stringify(plan)]),
        killAt: isVictim ? killAt : undefined,
      };
    });
    signal.addEventListener("abort", () => {
      for (const { worker } of members) worker.kill("SIGKILL");
    });
    // They begin together, when the slowest is ready.
    await Promise.all(members.map(({ worker }) => worker.line()));
    for (const { worker } of members) worker.write("go\n");
    const recordings = await Promise.all(members.map(gather));
    const of = (level: Level) => recordings.map((lines) => lines.filter((line) => line.level === level) as never[]);
    return { records: historiesOf(of("records")), sessions: historiesOf(of("sessions")) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Member {
  readonly path: string;
  readonly worker: Worker;
  readonly killAt: number | undefined;
}

/** All that a worker told until it ended. */
async function gather({ path, worker, killAt }: Member): Promise<TaggedLine[]> {
  if (killAt !== undefined) {
    while ((await stat(path)).size < killAt) await sleep(5);
    worker.kill("SIGKILL");
  } else {
    await worker.line();
  }
  const lines = (await readFile(path, "utf8")).split("\n");
  // Behind the last line end is nothing, or what a killed process did not finish.
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}
