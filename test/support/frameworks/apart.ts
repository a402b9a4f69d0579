import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { programOf, type Runtime } from "../../runtimes/programs.ts";

/** A framework that is too heavy for the packages of this project, or wants another runtime. */
export interface Apart {
  /** Below test/frameworks: a package with its lockfile, and `entry.ts`, which exports the adapter under test as `entry`. */
  readonly folder: string;
  readonly runtime: Runtime;
  /** Another file than `entry.ts`, where one package has several entries. */
  readonly file?: string;
}

/** What became of each case of the suite, by its title: nothing, or how it failed. */
export async function runApart({
  folder,
  runtime,
  file = "entry.ts",
}: Apart): Promise<Map<string, string | undefined>> {
  const runner = fileURLToPath(new URL("run.ts", import.meta.url));
  const frameworks = fileURLToPath(new URL("../../frameworks/", import.meta.url));
  if (!existsSync(`${frameworks}${folder}/node_modules/.installed`)) {
    throw new Error(`The packages of ${folder} are not installed. Run: npm run test:packages -- ${folder}`);
  }
  // The entries use the built package, as an application does.
  const loader = runtime.startsWith("node") ? ["--import", `${frameworks}../../scripts/tsx.js`] : [];
  const child = spawn(programOf(runtime), [...loader, runner, ".", file], {
    cwd: frameworks + folder,
    env: { ...process.env, NODE_ENV: "production", VITEST: undefined },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const results = new Map<string, string | undefined>();
  for await (const line of createInterface(child.stdout)) {
    if (!line.startsWith('{"title":')) continue;
    const { title, failure } = JSON.parse(line) as { title: string; failure?: string };
    results.set(title, failure);
  }
  return results;
}
