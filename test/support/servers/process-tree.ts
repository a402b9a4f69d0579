import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

interface Entry {
  readonly pid: number;
  readonly parent: number;
  /** Begins with T for stopped, with Z for ended. */
  readonly state: string;
}

/** The children of a process, and theirs. */
export function descendants(pid: number): number[] {
  const all = processes();
  const below = (parent: number): number[] =>
    all.filter((entry) => entry.parent === parent).flatMap((entry) => [entry.pid, ...below(entry.pid)]);
  return below(pid);
}

/** An ended process is listed until somebody asks for its result, which for orphans in a container may be never. */
export function areGone(pids: readonly number[]): boolean {
  return !processes().some(({ pid, state }) => pids.includes(pid) && !state.startsWith("Z"));
}

/** With all their threads. */
export function areStopped(pids: readonly number[]): boolean {
  const entries = process.platform === "linux" ? pids.flatMap((pid) => listed(`/proc/${pid}/task`)) : processes();
  return entries.every(
    ({ pid, state }) => (process.platform !== "linux" && !pids.includes(pid)) || /^[TZ]/.test(state),
  );
}

/** To those of them that are still there. */
export function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

function processes(): Entry[] {
  if (process.platform === "linux") return listed("/proc");
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,state="], { encoding: "utf8" });
  return stdout.split("\n").flatMap((line) => {
    const [pid, parent, state] = line.trim().split(/\s+/);
    return state === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), state }];
  });
}

/** A small Debian has no `ps`. */
function listed(folder: string): Entry[] {
  return namesIn(folder).flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    // pid (name, which may hold anything) state parent …
    const [, state, parent] = /\) (\S) (\d+) [^)]*$/.exec(textOf(`${folder}/${name}/stat`)) ?? [];
    return state === undefined ? [] : [{ pid: Number(name), parent: Number(parent), state }];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // It ended meanwhile.
    return "";
  }
}
