import { table } from "../report/tables.ts";
import { type GrowthRow, grown } from "./growth.ts";
import type { Comparison, StoreResults } from "./results.ts";
import { operations } from "./subject.ts";
import { judge } from "./targets.ts";

const thousands = (value: number): string => Math.round(value).toLocaleString("en-US");
const milliseconds = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

export function report(results: StoreResults): string {
  const { settings, surroundings, comparisons, growth, pruning } = results;
  const versions = Object.entries(surroundings.versions).map(([name, version]) => `${name} ${version}`);
  const verdicts = judge(results);
  return `# Benchmark of the stores

Written by \`npm run bench:stores\`. Trust the ratios within one run, not the figures of different runs or machines: server, client and
measurement share ${surroundings.cores} cores.

${versions.join(", ")}. ${surroundings.platform}.

## Targets

${table(
  ["", "target", "measured", ""],
  verdicts.map((one) => [one.what, one.limit, one.measured, one.met ? "met" : "**missed**"]),
)}

## Method

Each store is called as its session library calls it, with sessions of 500 bytes of data, ${settings.concurrency} operations in flight at
once, over ${settings.sessions} stored sessions; ours and the peer alternate in slices of ${settings.slice} ms in ${settings.rounds} rounds, and the ratio is the median of the
rounds. The peers run with express-session's own cookie object. A peer's \`create\` and \`replace\` are its unconditional \`set\`; ours only
insert, or compare the version. Ours also index sessions by user, so that they can be listed and revoked, which no
peer does: \`create\` is for a visitor who is not signed in, and all other rows are for signed-in users. The embedded stores sync as by default; the servers
run without fsync, so that clients and protocols are compared and not the disk.

Ours do more, which some rows show:

* file: creating a session syncs its body, its directory and the directory that it is moved to; a peer syncs the body. A session that the
  process read recently costs one look at the disk, so that 1,000 sessions are read faster than 100,000, of which most are not cached.
* Redis: the index of a user's sessions is a second key, which may be on another node, and costs a second round trip.

## Operations per second

${comparisons.map(operationTable).join("\n\n")}

## ${thousands(settings.updates)} updates of one session at once

A counter under parallel requests: ours uses \`update\`, a peer loads, adds and saves, as its users must.

${table(
  ["", "time", "counted"],
  comparisons.flatMap(({ updates }) =>
    updates.map(({ name, milliseconds: time, counted }) => [
      name,
      milliseconds(time),
      `${thousands(counted)} of ${thousands(settings.updates)}`,
    ]),
  ),
)}

## Round trips to the server

Counted on the wire, with statements prepared and scripts loaded.

${table(
  ["", ...operations],
  comparisons.flatMap(({ names, roundTrips }) =>
    (roundTrips ?? []).map((counts, index) => [names[index]!, ...operations.map((one) => String(counts[one]))]),
  ),
)}

## Growth

Operations per second while the store holds more and more sessions (files and SQLite on a RAM disk); in brackets the cost relative to that with ${thousands(settings.sizes[0]!)}.

${growthTables(growth)}

## Pruning

${thousands(settings.expired)} expired sessions with random ids are pruned while a request is due every 5 ms that reads or writes another session. Its
time counts from when it is due, also where the process is too busy to start it. The pause of the event loop is the longest delay of the 5 ms
timer. The last two columns are the same without pruning: the noise of the machine.

${table(
  ["", "pruned in", "longest request", "longest pause", "request without", "pause without"],
  pruning.map(({ store, seconds, during, without }) => [
    store,
    `${seconds.toFixed(1)} s`,
    ...[during.request, during.loop, without.request, without.loop].map(milliseconds),
  ]),
)}
`;
}

function operationTable({ backend, names, operations: rows }: Comparison): string {
  const head = [backend, ...names, ...(names.length > 1 ? ["ours / peer"] : [])];
  return table(
    head,
    rows.map(({ operation, rates, ratio }) => [
      operation,
      ...rates.map(thousands),
      ...(ratio === undefined ? [] : [ratio.toFixed(2)]),
    ]),
  );
}

function growthTables(rows: readonly GrowthRow[]): string {
  const stores = [...new Set(rows.map(({ store }) => store))];
  return stores
    .map((store) => {
      const own = rows.filter((row) => row.store === store);
      const cells = own.map(({ sessions, rates }) => [
        thousands(sessions),
        ...rates.map((rate, index) => `${thousands(rate)} (${(own[0]!.rates[index]! / rate).toFixed(2)})`),
      ]);
      return table([store, ...grown], cells);
    })
    .join("\n\n");
}
