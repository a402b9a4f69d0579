// Everything that has to hold before a change is merged, cheapest check first; stops at the first that fails.
//   npm test                          all of it
//   npm test -- test/core/life.test.ts  the same, with the tests of one file; arguments go to vitest
//   npm run test:quick                what needs no build, no server and no further package
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "coatcheck-test-"));
const [isQuick, selection] = process.argv[2] === "--quick" ? [true, []] : [false, process.argv.slice(2)];

/** `seconds` is what a step takes on two calm cores, for the announcement. */
const step = (name, seconds, script, ...args) => ({ name, seconds, command: [script, ...args] });

const types = (name, seconds, project) => {
  const cache = ["--incremental", "--tsBuildInfoFile", `.cache/${project.replaceAll("/", "-")}.tsbuildinfo`];
  return step(name, seconds, "typescript/bin/tsc", "-p", project, ...cache);
};

/** A line for each file; what a test prints is shown where it fails. */
function vitest(name, seconds, ...args) {
  const results = join(folder, `${name}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${results}`];
  const quiet = ["--slowTestThreshold=3600000", "--silent=passed-only"];
  return { ...step(name, seconds, "vitest/vitest.mjs", "run", ...reporters, ...quiet, ...args), results };
}

const checks = [
  types("types", 30, "tsconfig.json"),
  types("types without Node", 10, "tsconfig.neutral.json"),
  // Apart, because the types of express-session give every Express request another session.
  types("types of the benchmark", 15, "bench/tsconfig.json"),
  step("lint and format", 5, "@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."),
  step("unused code and dependencies", 5, "knip/bin/knip.js"),
];
const steps = isQuick
  ? [
      ...checks,
      vitest("unit tests", 30, "--project=unit"),
      vitest("contract of the stores without a server", 10, "test/contract/stores/contract.test.ts"),
    ]
  : [
      ...checks,
      step("build", 20, "../scripts/build.js"),
      step("packages of tests and examples", 60, "../scripts/install-packages.js"),
      vitest("tests", selection.length === 0 ? 840 : 10, ...selection),
    ];

function announce() {
  const seconds = steps.reduce((sum, step) => sum + step.seconds, 0);
  const time = seconds < 90 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
  console.log(`Runs ${steps.map(({ name }) => name).join(", ")}${selection.map((word) => ` ${word}`).join("")}.`);
  console.log(`That takes about ${time} on two calm cores; the first run also downloads packages.`);
}

const secondsSince = (start) => ((performance.now() - start) / 1000).toFixed(1);

function passes({ name, command: [script, ...args] }) {
  const start = performance.now();
  const command = [join(root, "node_modules", script), ...args];
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  console.log(`${status === 0 ? "ok" : "FAILED"}: ${name} (${secondsSince(start)} s)`);
  return status === 0;
}

/** Missing results mean that vitest did not get as far as writing them. */
function readReport({ results }) {
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

announce();
const start = performance.now();
const good = steps.every(passes);
const reports = steps.filter(({ results }) => results !== undefined).map(readReport);
rmSync(folder, { recursive: true, force: true });

// Once more at the end, because the end is what is read first.
const failures = reports.flatMap(({ testResults }) => testResults.flatMap(failuresOf));
for (const failure of failures) console.log(`failed: ${failure}`);
console.log(`Took ${secondsSince(start)} s.`);

const sum = (count) => reports.reduce((total, report) => total + count(report), 0);
const passed = sum((report) => report.numPassedTests);
const skipped = sum((report) => report.numPendingTests + report.numTodoTests);
// A step that fails as a whole counts as one failure.
const failed = good ? failures.length : Math.max(failures.length, 1);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = good ? 0 : 1;
