import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { afterAll } from "vitest";

/** A worker as one plain JavaScript file: it is started many hundred times, and each start should be short. */
export function bundledWorker(name: string): string {
  // Below node_modules, so that packages are found from there.
  const folder = fileURLToPath(new URL("../../../../node_modules/.cache/coatcheck-workers/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  const outfile = `${folder}${name}-${process.pid}.mjs`;
  const entry = fileURLToPath(new URL(`../../workers/${name}.ts`, import.meta.url));
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "esm", logLevel: "error" });
  afterAll(() => rmSync(outfile, { force: true }));
  return outfile;
}

export interface Started {
  readonly child: ChildProcess;
  readonly lines: AsyncIterator<string>;
  /** What it printed and the client has not read, once it is over. */
  readonly rest: () => Promise<string[]>;
}

/** Starts a program; with a wrapper, through that, such as `sh -c 'ulimit -n 30; exec "$0" "$@"'`. */
export function start(file: string, args: readonly string[], wrapper: readonly string[] = []): Started {
  const [command = "", ...others] = [...wrapper, process.execPath, file, ...args];
  const child = spawn(command, others, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const rest = async (): Promise<string[]> => {
    const left: string[] = [];
    for (let next = await lines.next(); !next.done; next = await lines.next()) left.push(next.value);
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    return left;
  };
  return { child, lines, rest };
}
