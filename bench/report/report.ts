import type { RouteProfile } from "../profile/missed.ts";
import { missedSection } from "./missed.ts";
import type { Results } from "./results.ts";
import { heapTable, importTable, overheadTable, ratioTable, sealTable, sizeTable, table } from "./tables.ts";
import type { Verdict } from "./targets.ts";

export function report(results: Results, verdicts: readonly Verdict[], profiles: readonly RouteProfile[]): string {
  const { surroundings, http } = results;
  const versions = Object.entries(surroundings.versions).map(([name, version]) => `${name} ${version}`);
  return `# Benchmark

Written by \`npm run bench\`. Times are processor time of the server in microseconds; trust the ratios within one run, not
the times of different runs or machines.

${versions.join(", ")}. ${surroundings.cores} cores, ${surroundings.platform}.

## Targets

${table(
  ["", "at most", "measured", ""],
  verdicts.map((one) => [one.what, one.limit, one.measured, one.met ? "met" : "**missed**"]),
)}

## Method

${method(results)}

## Sessions of 500 bytes: microseconds over the bare framework

Median of the rounds, with the smallest and the largest.

${overheadTable(http, "500 B")}

## Sessions of 20 kB: microseconds over the bare framework

${overheadTable(http, "20 kB")}

## Ratios

${ratioTable(http)}

## Seal and unseal

${sealTable(results)}

## Memory

Bytes of heap for each of ${results.settings.storedSessions} stored sessions of 500 bytes.

${heapTable(results)}

## Import and size

${importTable(results)}

${sizeTable(results)}
${missedSection(verdicts, profiles)}`;
}

function method({ settings }: Results): string {
  const { rounds, connections, visitors, warmUp, requests } = settings;
  return `Each server runs alone in a process, each library with its usual options (express-session and @fastify/session without
\`saveUninitialized\`, and without \`resave\` where it exists). A load generator in another process keeps
${connections} connections busy on behalf of ${visitors} visitors, each with its own session and cookies. It checks status and body of every
response: the counter in the session must always have the value that this visitor wrote last. In \`no cookie\` and
\`untouched\` the handler does not use the session, and the request has no cookie or one; \`read\` reads the counter, \`write\`
adds one to it.

The measure is \`process.cpuUsage()\` of the server over ${requests["500 B"]} requests (${requests["20 kB"]} with 20 kB), after ${warmUp["500 B"]} (${warmUp["20 kB"]}) to
warm up, in ${rounds} rounds of all servers in turn. The bare framework is measured before and after each server, and the cost of a
session is the difference to these two, so that a machine that gets slower or faster favours no server. The rows of iron-session
show the precision: it does nothing for a handler that does not use it.

Requests carry the clients' cookies, so a cookie session also pays for the longer header. No touch falls into a measurement.
Libraries differ in how often they set a cookie, as the last column shows; ours does when its expiry moved by a
minute.`;
}
