// Runs the tests on every other runtime, except those that files.ts leaves out: npm run test:runtimes. Arguments: only
// these runtimes.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { runtimeTests } from "./files.ts";
import { programOf, type Runtime } from "./programs.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What comes before the script's name on the command line. */
const options: Readonly<Partial<Record<Runtime, readonly string[]>>> = {
  node22: [],
  node24: [],
  bun: ["--bun"],
  deno: ["run", "--allow-all", "--node-modules-dir=manual"],
};

const tests = runtimeTests().map((path) => `test/${path}`);
const wanted = process.argv.slice(2);
const failed = Object.entries(options).filter(([name, before]) => {
  if (wanted.length > 0 && !wanted.includes(name)) return false;
  console.log(`\n${name}`);
  const script = `${root}node_modules/vitest/vitest.mjs`;
  const args = [...before, script, "run", "--reporter=dot", ...tests];
  return spawnSync(programOf(name as Runtime), args, { cwd: root, stdio: "inherit" }).status !== 0;
});
for (const [name] of failed) console.error(`FAILED on ${name}`);
process.exitCode = failed.length;
