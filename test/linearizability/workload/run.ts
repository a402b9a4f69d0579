import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startWorker, type Worker } from "../../support/processes/workers.ts";
import type { Detours } from "../../support/workers/linear-store.ts";
import type { RecordInput, RecordOutput } from "../models/record-model.ts";
import type { SessionInput, SessionOutput } from "../models/session-model.ts";
import type { Operation } from "./history.ts";
import { historiesOf, type Line } from "./recorder.ts";

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

export interface RunPlan extends Pick<WorkerPlan, "url" | "detours" | "seed" | "isFaulty"> {
  /** Kills the last process with SIGKILL once its recording has so many bytes. */
  readonly killAt?: number | undefined;
  /** Ends all processes when the test is given up. */
  readonly signal: AbortSignal;
}

const processes = 4;
const size = { processes, clients: 8, operations: 200, slots: 5 };

/** Four processes that work on one store after the other, because starting them takes as long as a run does. */
export class Crew {
  #idle: readonly Worker[] | undefined;

  /** Lets all of them work on one store at once, and gathers what their clients were told. */
  async record({ killAt, signal, ...shared }: RunPlan): Promise<Recording> {
    const workers = this.#idle ?? Array.from({ length: processes }, () => startWorker("linear-worker.ts", []));
    this.#idle = undefined;
    const killAll = (): void => kill(workers);
    signal.addEventListener("abort", killAll);
    const folder = await mkdtemp(join(tmpdir(), "coatcheck-linear-"));
    const paths = workers.map((_, own) => join(folder, `${own}`));
    try {
      const origin = { clock: `${process.hrtime.bigint()}`, time: Date.now() };
      for (const [own, worker] of workers.entries()) {
        const plan: WorkerPlan = { ...size, ...shared, path: paths[own] as string, origin, process: own };
        worker.write(`${JSON.stringify(plan)}\n`);
      }
      // They begin together, when the slowest is ready.
      await Promise.all(workers.map((worker) => worker.line()));
      for (const worker of workers) worker.write("go\n");
      const victim = killAt === undefined ? undefined : workers.at(-1);
      const others = workers.filter((worker) => worker !== victim);
      await Promise.all([
        ...others.map((worker) => worker.line()),
        ...(victim ? [killWhen(victim, paths.at(-1) as string, killAt as number)] : []),
      ]);
      if (victim) kill(others);
      else this.#idle = workers;
      return await recordingOf(paths);
    } catch (error) {
      kill(workers);
      throw error;
    } finally {
      signal.removeEventListener("abort", killAll);
      await rm(folder, { recursive: true, force: true });
    }
  }

  dismiss(): void {
    kill(this.#idle ?? []);
  }
}

function kill(workers: readonly Worker[]): void {
  for (const worker of workers) worker.kill("SIGKILL");
}

/** Resolves when the worker is dead, so that its recording grows no more. */
async function killWhen(worker: Worker, path: string, size: number): Promise<void> {
  while ((await stat(path)).size < size) await sleep(5);
  worker.kill("SIGKILL");
  for (;;) {
    const isAlive = await worker.line().then(
      () => true,
      () => false,
    );
    if (!isAlive) return;
  }
}

async function recordingOf(paths: readonly string[]): Promise<Recording> {
  const recordings = await Promise.all(paths.map(linesOf));
  const of = (level: Level) => recordings.map((lines) => lines.filter((line) => line.level === level) as never[]);
  return { records: historiesOf(of("records")), sessions: historiesOf(of("sessions")) };
}

type TaggedLine = Line<unknown, unknown> & { readonly level: Level };

async function linesOf(path: string): Promise<TaggedLine[]> {
  const lines = (await readFile(path, "utf8")).split("\n");
  // Behind the last line end is nothing, or what a killed process did not finish.
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}
