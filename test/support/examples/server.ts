import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { root } from "../package/manifest.ts";

export interface Settings {
  readonly PORT?: string;
  readonly SESSION_DB?: string;
  readonly SESSION_STORE?: string;
  readonly SESSION_KEYS?: string;
  readonly NODE_OPTIONS?: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The example server in a process of its own. */
export interface Example {
  readonly url: string;
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Exit>;
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-example-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What a user has after cloning and installing: nothing is built, and no other test sees what is built here. */
export function copyOfProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-clone-"));
  for (const name of ["package.json", "tsconfig.json", "tsconfig.build.json", "scripts", "src", "examples"]) {
    // The packages of the other examples are some gigabytes.
    const filter = (path: string): boolean => basename(path) !== "node_modules";
    cpSync(join(root, name), join(folder, name), { recursive: true, filter });
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  return folder;
}

/** The example of these sources, without a build, until the test is over; by default on any free port. */
export function fromSource(settings: Settings): Promise<Example> {
  const spawned = spawnSource(settings);
  onTestFinished(() => void spawned.child.kill("SIGKILL"));
  return started(spawned);
}

export const byNpm = (folder: string, settings: Settings): Promise<Example> =>
  started(spawnServer("npm", ["start"], settings, folder));

/** Starts what is not to start; resolves when it has ended. */
export async function refusal(settings: Settings): Promise<Exit & { stdout: string; stderr: string }> {
  const { child, output } = spawnSource(settings);
  return { ...(await exitOf(child)), ...output };
}

type Spawned = Pick<Example, "child" | "output">;

const spawnSource = (settings: Settings): Spawned =>
  spawnServer(process.execPath, ["--import", "tsx", "examples/express/server.ts"], { PORT: "0", ...settings });

function spawnServer(command: string, args: string[], settings: Settings, cwd = root): Spawned {
  const { PORT, SESSION_DB, SESSION_STORE, SESSION_KEYS, NO_COLOR, ...env } = process.env;
  const child = spawn(command, args, { cwd, env: { ...env, ...settings }, stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
  });
  return { child, output };
}

async function started({ child, output }: Spawned): Promise<Example> {
  const ended = exitOf(child);
  for (;;) {
    const [url] = /http:\/\/localhost:\d+/.exec(output.stdout) ?? [];
    if (url !== undefined) {
      const end = (signal: NodeJS.Signals): Promise<Exit> => {
        child.kill(signal);
        return ended;
      };
      return { url, child, output, end };
    }
    if (child.exitCode !== null) throw new Error(`The example did not start:\n${output.stdout}${output.stderr}`);
    await sleep(20);
  }
}

async function exitOf(child: ChildProcess): Promise<Exit> {
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { code, signal };
}
