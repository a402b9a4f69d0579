import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { SessionStore } from "coatcheck";
import type { History } from "../oracle/history.ts";
import { HistoryWriter } from "../oracle/ingest.ts";
import type { SharedToken, WorkerMessage, WorkerPlan } from "../protocol.ts";
import { startWorkload, type Workload } from "./workload.ts";

/** Those who work on one store. */
export interface WorkerPool {
  /** Resident memory in bytes: of the first process at its start, and last. */
  readonly memory: { start: number; last: number };
  /** Resolves when every worker has begun. */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

const exitTimeoutMs = 60_000;
const entry = fileURLToPath(new URL("worker.ts", import.meta.url));
const children = new Set<ChildProcess>();
// Whatever ends this process ends them, even where they stand still.
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

/** A worker in a process of its own, that begins again when it is killed. */
class WorkerProcess {
  readonly writer: HistoryWriter;
  readonly #plan: WorkerPlan;
  readonly #history: History;
  #child: ChildProcess;
  #generation = 0;
  #isKilled = false;
  #isOver = false;
  #began: Promise<void>;
  #ended: Promise<void>;

  constructor(plan: WorkerPlan, history: History, pass: (shared: SharedToken) => void) {
    this.#plan = plan;
    this.#history = history;
    this.writer = new HistoryWriter(history, pass);
    [this.#child, this.#began, this.#ended] = this.#start();
  }

  get began(): Promise<void> {
    return this.#began;
  }

  pass(shared: SharedToken): void {
    this.#write(JSON.stringify(shared));
  }

  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(signal);
  }

  /** Kills the process and starts another one. */
  async kill(): Promise<void> {
    if (this.#isOver) return;
    this.#isKilled = true;
    this.#child.kill("SIGKILL");
    await this.#ended;
    this.#isKilled = false;
    this.#generation++;
    if (!this.#isOver) [this.#child, this.#began, this.#ended] = this.#start();
    await this.#began;
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    this.signal("SIGCONT");
    this.#write("stop");
    const late = setTimeout(() => {
      this.#history.violation(`worker ${this.#plan.worker} did not end within ${exitTimeoutMs} ms`);
      this.#child.kill("SIGKILL");
    }, exitTimeoutMs);
    await this.#ended;
    clearTimeout(late);
  }

  #write(line: string): void {
    if (this.#child.stdin?.writable) this.#child.stdin.write(`${line}\n`);
  }

  #start(): [ChildProcess, Promise<void>, Promise<void>] {
    const plan: WorkerPlan = { ...this.#plan, generation: this.#generation };
    const child = spawn(process.execPath, ["--import", "tsx", entry, JSON.stringify(plan)]);
    children.add(child);
    child.stdin.on("error", () => undefined);
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors = (errors + text).slice(-2_000);
    });
    const began = new Promise<void>((resolve) => {
      let rest = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          const message = JSON.parse(line) as WorkerMessage;
          if ("ready" in message) resolve();
          else this.writer.receive(message);
        }
      });
      child.once("close", () => resolve());
    });
    const ended = once(child, "close").then(([code]) => {
      children.delete(child);
      this.writer.abandon();
      if (!this.#isKilled && (code !== 0 || !this.#isOver)) {
        this.#history.violation(`worker ${plan.worker} ended with ${code}: ${errors}`);
      }
    });
    return [child, began, ended];
  }
}

export interface ProcessPool extends WorkerPool {
  /** Of those that may come to harm; the first may only be stopped, so that its memory can be followed. */
  readonly size: number;
  kill(index: number): Promise<void>;
  signal(index: number, signal: "SIGSTOP" | "SIGCONT"): void;
}

/** Real processes that work on the store of a URL. */
export function startWorkerProcesses(plan: Omit<WorkerPlan, "worker" | "generation">, history: History): ProcessPool {
  const members: WorkerProcess[] = Array.from({ length: plan.workers }, (_, worker) => {
    const pass = (shared: SharedToken): void => {
      for (const [index, member] of members.entries()) if (index !== worker) member.pass(shared);
    };
    return new WorkerProcess({ ...plan, worker, generation: 0 }, history, pass);
  });
  return {
    get memory() {
      return members[0]!.writer.memory;
    },
    size: members.length,
    ready: async () => void (await Promise.all(members.map((member) => member.began))),
    kill: async (index) => members[index]?.kill(),
    signal: (index, signal) => members[index]?.signal(signal),
    stop: async () => void (await Promise.all(members.map((member) => member.stop()))),
  };
}

/** One worker in this process, for a store that other processes cannot see. */
export function startLocalWorker(
  plan: Omit<WorkerPlan, "worker" | "generation">,
  store: SessionStore,
  history: History,
): WorkerPool {
  const writer = new HistoryWriter(history, () => undefined);
  const whole: WorkerPlan = { ...plan, workers: 1, worker: 0, generation: 0 };
  const sendMemory = (): void => writer.receive({ memory: process.memoryUsage().rss });
  sendMemory();
  const workload: Workload = startWorkload(whole, store, (message) => writer.receive(message));
  return {
    memory: writer.memory,
    ready: async () => undefined,
    async stop() {
      await workload.stop();
      sendMemory();
    },
  };
}
