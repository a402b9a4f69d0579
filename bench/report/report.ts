import { frameworks } from "../http/variants/list.ts";
import type { RouteProfile } from "../profile/missed.ts";
import { coreMethod, httpMethod } from "./method.ts";
import { missedTable } from "./missed.ts";
import type { Results } from "./results.ts";
import { coreTable, heapTable, importTable, overheadTable, sealTable, sizeTable, table } from "./tables.ts";
import type { Verdict } from "./verdict.ts";

/** The report in Markdown; it has the parts that were measured. */
export function report(results: Results, verdicts: readonly Verdict[], profiles: readonly RouteProfile[]): string {
  const { surroundings, http, core, seal, heap, imports, sizes, settings } = results;
  const versions = Object.entries(surroundings.versions).map(([name, version]) => `${name} ${version}`);
  const section = (title: string, isMeasured: boolean, ...texts: (() => string)[]): string[] =>
    isMeasured ? [`## ${title}`, ...texts.map((text) => text())] : [];
  return [
    "# Benchmark",
    `Written by \`npm run bench\`. Times are processor time in microseconds; trust the ratios within one run, not the times of
different runs or machines.`,
    `${versions.join(", ")}. ${surroundings.cores} cores, ${surroundings.platform}.`,
    ...section("Targets", verdicts.length > 0, () => targetTable(verdicts)),
    ...section(
      "Sessions on each framework: microseconds over the bare framework",
      http.length > 0,
      () => httpMethod(results),
      ...frameworks.flatMap((framework) => {
        const own = http.filter((cell) => cell.framework === framework);
        return own.length === 0 ? [] : [() => `### ${framework}`, () => overheadTable(own)];
      }),
    ),
    ...section(
      "Core alone, beside its floor",
      core.length > 0,
      () => coreMethod(results),
      () => coreTable(results),
    ),
    ...section("Seal and unseal", seal.length > 0, () => sealTable(results)),
    ...section(
      "Memory",
      heap.length > 0,
      () => `Bytes of heap for each of ${settings.storedSessions} stored sessions of 500 bytes.`,
      () => heapTable(results),
    ),
    ...section("Import", imports.length > 0, () => importTable(results)),
    ...section("Size, minified and gzipped", sizes.length > 0, () => sizeTable(results)),
    ...section(
      "Where the time goes that misses a target",
      profiles.length > 0,
      () => `Microseconds of a request over the bare framework, by whose code it is, for the routes furthest from their targets.
Sampling makes them larger than the figures above. A function that V8 has inlined counts as its caller's.`,
      () => missedTable(profiles),
    ),
  ]
    .join("\n\n")
    .concat("\n");
}

function targetTable(verdicts: readonly Verdict[]): string {
  const word = ({ met }: Verdict): string => (met === undefined ? "–" : met ? "met" : "**missed**");
  const rows = verdicts.map((one) => [one.what, one.limit, one.measured, word(one)]);
  const count = (met: boolean): number => verdicts.filter((one) => one.met === met).length;
  return `${table(["", "at most", "measured", ""], rows)}\n\n${count(true)} met, ${count(false)} missed.`;
}
