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

Each store is driven as its session library drives it, with sessions of 500 bytes of data, ${settings.concurrency} operations in flight at
once, over ${settings.sessions} stored sessions; ours and the peer take turns of ${settings.slice} ms in ${settings.rounds} rounds, and the ratio is the median of the
rounds. The peers run with express-session's own cookie object. A peer's \`create\` and \`replace\` are its unconditional \`set\`; ours insert
only, or compare the version. Ours also note whose a session is, so that a user's sessions can be listed and revoked, which no
peer does: \`create\` is that of a visitor who is not signed in, and all other rows are of sessions of users. Every fsync is that of the store's own defaults; the servers run with theirs off, so that
clients and protocols are compared and not the disk.

What ours do besides, and pay for in some rows:

* file: a new session waits until its body, its directory and the directory that it is moved to are on the disk, a peer's until its body is. A session that the
  process read last is read by one look at the disk, so that those of 1,000 are read faster than those of 100,000, of which most are not remembered.
* MySQL: each write moves an entry of the index by which expired sessions are pruned; the peer has none, and prunes by looking at every session.
* Redis: the index of a user's sessions is a second key, which may be on another node, and so a second round trip.

## Operations per second

${comparisons.map(operationTable).join("\n\n")}

## ${thousands(settings.updates)} updates of one session at once

What parallel requests do with a counter: ours by \`update\`, a peer by loading, adding and saving, as its users have to.

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

Counted on the wire, after statements were prepared and scripts loaded.

${table(
  ["", ...operations],
  comparisons.flatMap(({ names, roundTrips }) =>
    (roundTrips ?? []).map((counts, index) => [names[index]!, ...operations.map((one) => String(counts[one]))]),
  ),
)}

## Growth

Operations per second while the store holds more and more sessions (files and SQLite on a RAM disk); in brackets the cost beside that with ${thousands(settings.sizes[0]!)}.

${growthTables(growth)}

## Pruning

${thousands(settings.expired)} expired sessions with random ids are pruned while every 5 ms a request is due that reads or writes another session. Its
stopwatch starts when it is due, also where the process does not come to it then. The stop of the event loop is the most by which the timer of
5 ms came late. The last two columns are the same without pruning: what the machine does anyway.

${table(
  ["", "pruned in", "longest request", "longest stop", "request without", "stop without"],
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
