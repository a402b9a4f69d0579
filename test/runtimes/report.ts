/** What is read of the report that `vitest --reporter=json` writes. */
export interface Report {
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/**
 * Returns those of `files` whose process ended before their tests did, by the report of a run. A file that failed, or
 * that could not be loaded, is none of them.
 *
 * @param files as paths below `root`, which ends with a slash
 */
export function unfinishedFiles(report: Report, files: readonly string[], root: string): readonly string[] {
  const finished = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" ||
      (assertionResults.length > 0 && assertionResults.every(({ status }) => status !== "pending")),
  );
  const names = new Set(finished.map(({ name }) => name));
  return files.filter((file) => !names.has(root + file));
}
