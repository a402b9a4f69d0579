import { expect, it } from "vitest";
import { type Report, unfinishedFiles } from "./report.ts";

const result = (name: string, status: string, ...tests: string[]) => ({
  name: `/app/test/${name}.test.ts`,
  status,
  assertionResults: tests.map((status) => ({ status })),
});

const report: Report = {
  numFailedTests: 1,
  testResults: [
    result("passed", "passed", "passed", "skipped"),
    result("failed", "failed", "passed", "failed"),
    result("not-loaded", "failed"),
    result("ended-between-tests", "passed", "passed", "pending", "pending"),
    result("ended-at-once", "passed"),
  ],
};

it("finds the files whose process ended before their tests did, and no others", () => {
  const files = ["passed", "failed", "not-loaded", "ended-between-tests", "ended-at-once", "never-begun"];
  const paths = files.map((name) => `test/${name}.test.ts`);
  expect(unfinishedFiles(report, paths, "/app/")).toEqual([
    "test/ended-between-tests.test.ts",
    "test/ended-at-once.test.ts",
    "test/never-begun.test.ts",
  ]);
});
