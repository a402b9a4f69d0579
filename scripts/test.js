// Everything that has to hold before a change is merged, cheapest check first; stops at the first that fails.
// Arguments go to vitest: npm test -- test/stores
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  ["build", "../scripts/build.js"],
  ["packages of tests and examples", "../scripts/install-packages.js"],
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
function readCounts() {
  try {
    const report = JSON.parse(readFileSync(results, "utf8"));
    const brokenFiles = report.testResults.filter(
      (file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"),
    );
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + brokenFiles.length,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

const good = steps.every(passes);
const { passed, failed, skipped } = readCounts();
rmSync(folder, { recursive: true, force: true });

// A step that fails as a whole counts as one failure.
console.log(`${passed} passed, ${good ? failed : Math.max(failed, 1)} failed, ${skipped} skipped`);
process.exitCode = good ? 0 : 1;
