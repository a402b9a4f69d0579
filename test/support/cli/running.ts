import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterAll } from "vitest";
import type { InstalledCli } from "./installed.ts";

const started: { kill(signal: "SIGKILL"): boolean }[] = [];
afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
});

/** A command that goes on until Ctrl-C, and prints JSON line by line. */
export interface RunningCommand<Line> {
  /** The next line. */
  next(): Promise<Line>;
  /** Presses Ctrl-C. */
  interrupt(): void;
  /** How it ended, and what it warned of. */
  ended(): Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** Starts a command on the store that a URL names. It is killed after the tests of the file. */
export function startCommand<Line>(cli: InstalledCli, url: string, args: readonly string[]): RunningCommand<Line> {
  const env = { PATH: process.env.PATH, SESSION_STORE: url };
  const child = spawn(cli.bin, [...args, "--json"], { cwd: cli.app, env });
  started.push(child);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const stderr = text(child.stderr);
  const code = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    next: async () => JSON.parse((await lines.next()).value ?? "null") as Line,
    // Not by child.kill(), after which Deno tells no exit code.
    interrupt: () => void process.kill(child.pid as number, "SIGINT"),
    ended: async () => ({ code: await code, stderr: await stderr }),
  };
}
