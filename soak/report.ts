import type { StoreRun } from "./store-run.ts";

/** Sessions whose history is printed when something is wrong. */
const most = 3;

/** Returns one line about a store. */
export function progressLine(run: StoreRun, seconds: number): string {
  const { outcomes, violations } = run.history;
  const figures = [
    `${total(outcomes)} operations`,
    `${outcomes.done} acknowledged`,
    `${outcomes.unknown} unknown`,
    `${outcomes.refused} refused`,
    `${total(run.injector.struck)} faults`,
    ...(violations.size > 0 ? [`${violations.size} VIOLATIONS`] : []),
  ];
  return `${`${Math.round(seconds)}`.padStart(4)} s  ${run.name.padEnd(16)} ${figures.join(", ")}`;
}

/** Returns all figures, and what was lost. */
export function finalReport(runs: readonly StoreRun[], seed: number): string {
  const columns = [
    "operations",
    "acknowledged",
    "nothing",
    "unknown",
    "refused",
    "sessions",
    "left",
    "RSS MB",
    "violations",
  ];
  const rows = runs.map(({ name, history, pool, left }) => {
    const { done, nothing, unknown, refused } = history.outcomes;
    const memory = `${megabytes(pool.memory.start)}-${megabytes(pool.memory.last)}`;
    const cells = [total(history.outcomes), done, nothing, unknown, refused, history.sessions.size, left, memory];
    return [name, ...cells, history.violations.size].map(String);
  });
  const faults = runs.map(({ name, injector }) => {
    const all = Object.entries(injector.struck).map(([fault, times]) => `${fault} ${times}`);
    return `${name}: ${all.join(", ") || "none"}`;
  });
  const violations = runs.flatMap(({ name, history }) => [...history.violations].map((text) => `${name}: ${text}`));
  const histories = runs
    .flatMap(({ name, history }) => history.histories().map((text) => `${name}: ${text}`))
    .slice(0, most);
  const verdict =
    violations.length === 0
      ? "Nothing was lost."
      : [`${violations.length} violations with --seed ${seed}:`, ...violations, ...histories].join("\n  ");
  return [
    table([["store", ...columns], ...rows]),
    ["Faults", ...faults].join("\n  "),
    `The column "nothing" counts requests whose session had ended, or whose token had been replaced.`,
    verdict,
  ].join("\n\n");
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  ");
  return rows.map(line).join("\n");
}

const total = (figures: Readonly<Record<string, number>>): number =>
  Object.values(figures).reduce((sum, figure) => sum + figure, 0);

const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
