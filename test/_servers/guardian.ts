import { type ChildProcess, spawn } from "node:child_process";

export interface Ward {
  readonly folder: string;
  readonly pids: readonly number[];
}

/** Reads what is to be done after us until our end closes its input, which even kill -9 does, and then does what it read last. */
const SCRIPT = 'while IFS= read -r line; do will=$line; done; eval "$will"';

const wards = new Map<string, Ward>();
let guardian: ChildProcess | undefined;

/** From now on, this process does not end without ending these processes and deleting this folder. */
export function guard(key: string, ward: Ward): void {
  wards.set(key, ward);
  write();
}

export function unguard(key: string): void {
  wards.delete(key);
  write();
}

function write(): void {
  guardian ??= startGuardian();
  const pids = [...wards.values()].flatMap((ward) => ward.pids).join(" ");
  const folders = [...wards.keys()].map((folder) => `'${folder.replaceAll("'", "'\\''")}'`).join(" ");
  const lines = [pids && `kill -KILL ${pids}; sleep 0.2`, folders && `rm -rf ${folders}`].filter(Boolean);
  guardian.stdin?.write(`${lines.join("; ") || ":"}\n`);
}

function startGuardian(): ChildProcess {
  // In a session of its own, because Ctrl-C reaches every process of the terminal's.
  const child = spawn("/bin/sh", ["-c", SCRIPT], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  child.unref();
  return child;
}
