// Runs the unit and conformance tests on every other runtime: npm run test:runtimes. Arguments: only these runtimes.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
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
const folders: Readonly<Record<string, readonly string[]>> = {
  core: [
    ...[
      "administration",
      "clock",
      "concurrency",
      "data",
      "handle",
      "header-edits",
      "life",
      "model",
      "several-managers",
    ],
  ],
  crypto: ["crypto", "web-crypto"],
  transports: ["cookie", "cookie-header", "request-head", "transports"],
  "contract/stores": ["contract", "contract-servers"],
  "contract/adapters": ["broken"],
  stores: ["memory", "file/file", "sqlite/sqlite", "cookie", "postgres", "mysql", "open", "broken", "model"],
  "stores/redis": ["conformance", "keys", "url"],
  "stores/mongodb": ["mongodb"],
  bridges: ["conformance", "unstorage"],
  "support/proxy": ["proxy"],
};
const tests = Object.entries(folders).flatMap(([folder, names]) =>
  names.map((name) => `test/${folder}/${name}.test.ts`),
);
const lost = tests.filter((path) => !existsSync(root + path));
if (lost.length > 0) throw new Error(`There is no ${lost.join(", ")}.`);

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
