import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

interface Entry {
  readonly pid: number;
  readonly parent: number;
  /** One letter, T for stopped, Z for ended. */
  readonly state: string;
}

/** The children of a process, and theirs. */
export function descendants(pid: number): number[] {
  const all = entries();
  const below = (parent: number): number[] =>
    all.filter((entry) => entry.parent === parent).flatMap((entry) => [entry.pid, ...below(entry.pid)]);
  return below(pid);
}

/** Ended processes stay in the list as zombies until somebody asks for their result. */
export function areGone(pids: readonly number[]): boolean {
  return !entries().some(({ pid, state }) => pids.includes(pid) && !state.startsWith("Z"));
}

export function areStopped(pids: readonly number[]): boolean {
  return entries().every(({ pid, state }) => !pids.includes(pid) || /^[TZ]/.test(state));
}

export function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

function entries(): Entry[] {
  return process.platform === "linux" ? entriesOfProc() : entriesOfPs();
}

/** A small Debian has no ps. */
function entriesOfProc(): Entry[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      // pid (name, which may hold anything) state parent …
      const [, state, parent] = /\) (\S) (\d+) [^)]*$/.exec(readFileSync(`/proc/${name}/stat`, "utf8")) ?? [];
      return [{ pid: Number(name), parent: Number(parent), state: state! }];
    } catch {
      return [];
    }
  });
}

function entriesOfPs(): Entry[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,state="], { encoding: "utf8" });
  return stdout.split("\n").flatMap((line) => {
    const [pid, parent, state] = line.trim().split(/\s+/);
    return state === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), state }];
  });
}
