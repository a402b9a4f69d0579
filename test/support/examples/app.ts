import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { programOf, type Runtime } from "../../runtimes/programs.ts";
import { root } from "../package/manifest.ts";
import { freePort } from "../servers/port.ts";
import { descendants } from "../servers/process-tree.ts";

/** An example application, started as its README says. */
export interface App {
  readonly url: string;
  /** What it printed. */
  readonly output: () => string;
  /** Ends it, as Ctrl-C does. */
  stop(): Promise<void>;
}

/** Where an example is. */
export const placeOf = (name: string): string => join(root, "examples", name);

/** Builds what has to be built: `npm run build`, where the example has that script. */
export async function build(name: string): Promise<void> {
  const place = installed(name);
  if (!manifestOf(place).scripts.build) return;
  const child = npm(place, ["run", "build"], {});
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`npm run build of ${name} ended with ${code}:\n${child.text()}`);
}

/** `npm start`, on a free port; resolves when it answers. */
export const start = (name: string, env: Readonly<Record<string, string>> = {}): Promise<App> =>
  startIn(installed(name), env);

/** The same in any folder. */
export async function startIn(place: string, env: Readonly<Record<string, string>> = {}): Promise<App> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const child = npm(place, ["start"], { PORT: `${port}`, ...env });
  const ended = once(child, "close");
  while (!(await answers(url))) {
    if (child.exitCode !== null)
      throw new Error(`npm start in ${place} ended with ${child.exitCode}:\n${child.text()}`);
    await sleep(50);
  }
  return {
    url,
    output: child.text,
    stop: async () => {
      // All of them, as a terminal does: npm, its shell and the server.
      for (const pid of [child.pid as number, ...descendants(child.pid as number)]) send(pid, "SIGINT");
      const late = setTimeout(() => {
        for (const pid of [child.pid as number, ...descendants(child.pid as number)]) send(pid, "SIGKILL");
      }, 10_000);
      await ended;
      clearTimeout(late);
    },
  };
}

interface Manifest {
  readonly engines?: { readonly node?: string; readonly bun?: string };
  readonly scripts: Readonly<Record<string, string>>;
}

/** Where an example is whose packages are installed. */
function installed(name: string): string {
  const place = placeOf(name);
  if (existsSync(join(place, "node_modules/.installed"))) return place;
  throw new Error(`The packages of ${place} are not installed. Run: npm run test:packages -- ${name}`);
}

const manifestOf = (place: string): Manifest => JSON.parse(readFileSync(join(place, "package.json"), "utf8"));

/** The runtime that the example's package.json asks for. */
function runtimeOf({ engines = {} }: Pick<Manifest, "engines">): Runtime {
  if (engines.bun) return "bun";
  const [, major = "0"] = /(\d+)/.exec(engines.node ?? "") ?? [];
  return Number(major) > Number(process.versions.node.split(".")[0]) ? "node22" : "node";
}

function npm(
  place: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcess & { text(): string } {
  const { VITEST, NODE_ENV, CI, ...inherited } = process.env;
  const runtime = runtimeOf(manifestOf(place));
  // Below its own name Bun is only among npm's links.
  const folder = runtime === "bun" ? join(root, "test/runtimes/node_modules/.bin") : dirname(programOf(runtime));
  const path = `${folder}:${process.env.PATH}`;
  const child = spawn("npm", args, {
    cwd: place,
    env: { ...inherited, PATH: path, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => (text += part));
  return Object.assign(child, { text: () => text });
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url)).body?.cancel();
    return true;
  } catch {
    return false;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}
