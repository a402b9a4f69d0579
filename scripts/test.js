// Everything that has to hold before a change is merged, cheapest check first; stops at the first that fails.
// Arguments go to vitest: npm test -- test/stores
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "coatcheck-test-"));
const results = join(folder, "results.json");

const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${results}`];
const steps = [
  ["types", "typescript/bin/tsc", "-p", "tsconfig.json"],
  ["types, without Node", "typescript/bin/tsc", "-p", "tsconfig.neutral.json"],
  // Apart, because the types of express-session give every Express request another session.
  ["types, benchmark", "typescript/bin/tsc", "-p", "bench"],
  ["lint and format", "@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."],
  ["build", "./build.js"],
  ["packages of tests and examples", "./install-packages.js"],
  ["tests", "vitest/vitest.mjs", "run", ...reporters, ...process.argv.slice(2)],
];

function passes([name, script, ...args]) {
  const start = performance.now();
  const command = [join(root, "node_modules", script), ...args];
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok" : "FAILED"}: ${name} (${seconds} s)`);
  return status === 0;
}

/** Missing results mean that vitest did not get as far as writing them. */
function readReport() {
  try {
    return JSON.parse(readFileSync(results, "utf8"));
  } catch {
    return { numPassedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
  }
}

/** A line for each test that failed, and for each file that failed as a whole. */
function failuresOf({ name, status, message, assertionResults }) {
  const failed = assertionResults.filter((test) => test.status === "failed");
  const file = relative(root, name);
  if (failed.length === 0) return status === "failed" ? [`${file}: ${firstLine(message)}`] : [];
  return failed.map((test) => `${file} > ${test.fullName}: ${firstLine(test.failureMessages[0])}`);
}

const firstLine = (text = "") => text.split("\n", 1)[0];

const good = steps.every(passes);
const report = readReport();
rmSync(folder, { recursive: true, force: true });

// Once more at the end, because the end is what is read first.
const failures = report.testResults.flatMap(failuresOf);
for (const failure of failures) console.log(`failed: ${failure}`);

// A step that fails as a whole counts as one failure.
const failed = good ? failures.length : Math.max(failures.length, 1);
console.log(
  `${report.numPassedTests} passed, ${failed} failed, ${report.numPendingTests + report.numTodoTests} skipped`,
);
process.exitCode = good ? 0 : 1;
