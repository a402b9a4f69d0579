import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { account } from "./account.ts";
import { areGone, areStopped, descendants, signal } from "./process-tree.ts";

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Process {
  readonly pid: number;
  readonly hasEnded: boolean;
  kill(name: NodeJS.Signals): Promise<void>;
  stop(name: NodeJS.Signals): Promise<void>;
  /** Resolves with the ids of all that stand still. */
  freeze(): Promise<number[]>;
  thaw(): Promise<void>;
  /** The end of what it wrote. */
  log(): string;
}

const PATIENCE = 30_000;

export async function startProcess(command: Command, folder: string): Promise<Process> {
  const logFile = join(folder, "log");
  const child = spawnInto(command, folder, logFile);
  const pid = await pidOf(child, command);
  child.unref();
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  let frozen: number[] = [];

  const freeze = async () => {
    // The parent first, so that it starts no more children.
    signal([pid], "SIGSTOP");
    frozen = descendants(pid);
    signal(frozen, "SIGSTOP");
    await until(() => areStopped([pid, ...frozen]));
    return [pid, ...frozen];
  };
  const thaw = async () => {
    if (hasEnded()) return;
    signal([...frozen, pid], "SIGCONT");
    frozen = [];
  };
  const killAll = async () => {
    const all = await freeze();
    signal(all, "SIGKILL");
    await until(() => hasEnded() && areGone(all));
  };
  const kill = async (name: NodeJS.Signals) => {
    if (hasEnded()) return;
    if (name === "SIGKILL") return killAll();
    signal([pid], name);
    await until(hasEnded);
  };
  const stop = async (name: NodeJS.Signals) => {
    await thaw();
    const late = setTimeout(() => void killAll(), PATIENCE);
    await kill(name);
    clearTimeout(late);
  };
  return {
    pid,
    get hasEnded() {
      return hasEnded();
    },
    kill,
    stop,
    freeze,
    thaw,
    log: () => readFileSync(logFile, "utf8").slice(-4000),
  };
}

/** Runs a command to its end under the servers' account. */
export async function runCommand(command: Command, folder: string): Promise<void> {
  const logFile = join(folder, "log");
  const child = spawnInto(command, folder, logFile);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("exit", resolve);
    child.once("error", reject);
  });
  if (code !== 0) throw new Error(`${command.file} ended with ${code}:\n${readFileSync(logFile, "utf8").slice(-4000)}`);
}

function spawnInto({ file, args, env }: Command, folder: string, logFile: string): ChildProcess {
  const log = openSync(logFile, "a");
  try {
    return spawn(file, args, {
      ...account,
      cwd: folder,
      // Nothing of the developer's own settings, such as PGDATA.
      env: { PATH: process.env.PATH, LC_ALL: "C", ...env },
      stdio: ["ignore", log, log],
      detached: true,
    });
  } finally {
    closeSync(log);
  }
}

async function pidOf(child: ChildProcess, { file }: Command): Promise<number> {
  if (child.pid !== undefined) return child.pid;
  const error = await new Promise<Error>((resolve) => child.once("error", resolve));
  throw new Error(`${file} does not start: ${error.message}`);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}
