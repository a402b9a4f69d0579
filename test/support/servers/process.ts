import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
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

/** A server's process, the leader of a group of its own. */
export interface Process {
  readonly pid: number;
  readonly hasEnded: boolean;
  /** Resolves when it has ended. SIGKILL goes to its children too. */
  kill(name: NodeJS.Signals): Promise<void>;
  /** Like `kill`, but also ends what is frozen or does not obey. */
  stop(name: NodeJS.Signals): Promise<void>;
  /** Resolves with the ids of all that stand still. */
  freeze(): Promise<number[]>;
  thaw(): void;
}

const PATIENCE = 30_000;

export function superviseProcess(child: ChildProcess): Process {
  const pid = child.pid!;
  let frozen: number[] = [];
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;

  const freeze = async () => {
    // The parent first, so that it starts no more children.
    signal([pid], "SIGSTOP");
    frozen = [pid, ...descendants(pid)];
    signal(frozen, "SIGSTOP");
    await until(() => areStopped(frozen));
    return frozen;
  };
  const thaw = () => {
    if (!hasEnded()) signal(frozen, "SIGCONT");
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
  return {
    pid,
    get hasEnded() {
      return hasEnded();
    },
    kill,
    async stop(name) {
      thaw();
      const late = setTimeout(() => void killAll(), PATIENCE);
      await kill(name);
      clearTimeout(late);
    },
    freeze,
    thaw,
  };
}

/** Starts a command under the servers' account; what it prints is added to the folder's log. `onPid` is called before anything else can happen. */
export async function spawnCommand(
  { file, args, env }: Command,
  folder: string,
  onPid: (pid: number) => void,
): Promise<ChildProcess> {
  const log = openSync(logIn(folder), "a");
  const child = spawn(file, args, {
    ...account,
    cwd: folder,
    // Nothing of the developer's own settings, such as PGDATA.
    env: { PATH: process.env.PATH, LC_ALL: "C", ...env },
    stdio: ["ignore", log, log],
    detached: true,
  });
  closeSync(log);
  if (child.pid === undefined) {
    const [error] = await once(child, "error");
    throw new Error(`${file} does not start: ${error.message}`);
  }
  child.on("error", () => {}).unref();
  onPid(child.pid);
  return child;
}

/** Resolves when it has ended well. */
export async function hasSucceeded(child: ChildProcess, folder: string): Promise<void> {
  await until(() => child.exitCode !== null || child.signalCode !== null);
  if (child.exitCode !== 0) throw new Error(`${child.spawnfile} failed:\n${endOfLog(folder)}`);
}

export const endOfLog = (folder: string): string => readFileSync(logIn(folder), "utf8").slice(-4000);

const logIn = (folder: string): string => join(folder, "log");

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}
