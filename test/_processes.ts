import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Runs a worker of this folder in a process of its own, from the sources; resolves with what it printed. */
export function fork(worker: string, args: string[]): Promise<string> {
  const path = fileURLToPath(new URL(`./workers/${worker}`, import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", path, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (errors += chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${worker} ended with ${code}: ${errors}`)),
    );
  });
}
