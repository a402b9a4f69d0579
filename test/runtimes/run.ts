// Runs the tests on every other runtime, except those that files.ts leaves out: npm run test:runtimes. Arguments: only
// these runtimes.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runtimeTests } from "./files.ts";
import { programOf, type Runtime } from "./programs.ts";
import { type Report, unfinishedFiles } from "./report.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What comes before the script's name on the command line. */
const options: Readonly<Partial<Record<Runtime, readonly string[]>>> = {
  node22: [],
  node24: [],
  bun: ["--bun"],
  deno: ["run", "--allow-all", "--node-modules-dir=manual"],
};

const tests = runtimeTests().map((path) => `test/${path}`);
const notes: string[] = [];

/** Returns whether all files passed, and which of them could not say so, because their process ended. */
function run(name: Runtime, files: readonly string[]): { readonly passed: boolean; readonly ended: readonly string[] } {
  const path = `${root}.cache/runtimes/${name}.json`;
  mkdirSync(`${root}.cache/runtimes`, { recursive: true });
  rmSync(path, { force: true });
  const script = `${root}node_modules/vitest/vitest.mjs`;
  const reporters = ["--reporter=dot", "--reporter=json", `--outputFile.json=${path}`];
  const args = [...(options[name] ?? []), script, "run", ...reporters, ...files];
  const { status } = spawnSync(programOf(name), args, { cwd: root, stdio: "inherit" });
  const report: Report | undefined = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
  const ended = report?.numFailedTests === 0 ? unfinishedFiles(report, files, root) : [];
  return { passed: status === 0, ended };
}

/** A runtime may crash, which fails no test. Its file gets one more process, and the last lines say so. */
function passes(name: Runtime): boolean {
  console.log(`\n${name}`);
  const { passed, ended } = run(name, tests);
  if (passed || ended.length === 0) return passed;
  const again = run(name, ended).passed;
  const outcome = again ? "They passed in another one." : "They did not pass in another one either.";
  notes.push(`${name}: a process ended before its tests did, those of ${ended.join(", ")}. ${outcome}`);
  return again;
}

const wanted = process.argv.slice(2);
const names = (Object.keys(options) as Runtime[]).filter((name) => wanted.length === 0 || wanted.includes(name));
const failed = names.filter((name) => !passes(name));
for (const note of notes) console.error(note);
for (const name of failed) console.error(`FAILED on ${name}`);
process.exitCode = failed.length;
