import { type ChildProcess, spawn } from "node:child_process";

interface Ward {
  /** What `kill` takes: a process, or a group as a negative number. */
  readonly pids: readonly number[];
  /** Shell commands that undo what the processes left behind. */
  readonly cleanUp: string;
}

/** Reads what is to be done after us, until the end of its input, which comes with ours, even with kill -9; then does what it read last. */
const SCRIPT = 'while IFS= read -r line; do will=$line; done; eval "$will"';

const wards = new Map<string, Ward>();
let guardian: ChildProcess | undefined;

/** From now on this process does not end without ending these processes and deleting the folder. */
export function guard(folder: string, pids: readonly number[], cleanUp: string): void {
  wards.set(folder, { pids, cleanUp });
  tell();
}

export function unguard(folder: string): void {
  wards.delete(folder);
  tell();
}

function tell(): void {
  guardian ??= startGuardian();
  const all = [...wards];
  const pids = all.flatMap(([, ward]) => ward.pids);
  const folders = all.map(([folder]) => quoted(folder)).join(" ");
  const will = [
    ...(pids.length > 0 ? [`kill -s KILL -- ${pids.join(" ")}`, "sleep 0.3"] : []),
    ...all.map(([, { cleanUp }]) => cleanUp),
    ...(folders === "" ? [] : [`rm -rf ${folders}`, "sleep 1", `rm -rf ${folders}`]),
  ];
  guardian.stdin?.write(`${will.map((command) => `${command};`).join(" ")}\n`);
}

function startGuardian(): ChildProcess {
  // In a session of its own, because Ctrl-C reaches every process of the terminal's.
  const child = spawn("/bin/sh", ["-c", SCRIPT], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  child.on("error", () => {}).stdin?.on("error", () => {});
  child.unref();
  return child;
}

/** As one word of the shell's. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
