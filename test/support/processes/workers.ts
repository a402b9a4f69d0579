import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Runs a worker of this folder in a process of its own, from the sources; resolves with what it printed. */
export function fork(worker: string, args: string[]): Promise<string> {
  const path = fileURLToPath(new URL(`../workers/${worker}`, import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", path, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (errors += chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${worker} ended with ${code}: ${errors}`)),
    );
  });
}

/** A worker to talk to, line by line, and to send signals. */
export interface Worker {
  /** The next line that it prints. */
  line(): Promise<string>;
  write(text: string): void;
  kill(signal: NodeJS.Signals): void;
}

export function startWorker(worker: string, args: string[]): Worker {
  const path = fileURLToPath(new URL(`../workers/${worker}`, import.meta.url));
  // Not through a wrapper: a signal must reach the process that works.
  const child = spawn(process.execPath, ["--import", "tsx", path, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async line() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${worker} ended with ${child.exitCode} before it said anything more`);
      return value;
    },
    write: (text) => void child.stdin.write(text),
    kill: (signal) => void child.kill(signal),
  };
}
