// Runs the unit and conformance tests on every other runtime: npm run test:runtimes. Arguments: only these runtimes.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { programOf, type Runtime } from "./programs.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What comes before the script's name on the command line. */
const options: Readonly<Partial<Record<Runtime, readonly string[]>>> = {
  node22: [],
  node24: [],
  bun: ["--bun"],
  deno: ["run", "--allow-all", "--node-modules-dir=manual"],
};

/**
 * Left out is what says nothing about a runtime: the package, docs and examples, frameworks (each has the runtime that it
 * needs), and what servers, disks and killed processes do, which `npm test` tries for long enough.
 */
const tests = [
  ...["administration", "clock", "concurrency", "cookie-header", "crypto", "data", "handle", "header-edits", "life"],
  ...[
    "model",
    "proxy",
    "several",
    "stores",
    "transports",
    "transports-cookie",
    "transports-request-head",
    "web-crypto",
  ],
  ...["stores/memory", "stores/file", "stores/sqlite", "stores/cookie", "stores/postgres", "stores/mysql"],
  ...["stores/redis-conformance", "stores/redis-keys", "stores/redis-url", "stores/mongodb", "stores/open"],
  ...["stores/broken", "stores/model", "bridges/conformance", "bridges/unstorage", "adapters"],
].map((name) => `test/${name}.test.ts`);

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
