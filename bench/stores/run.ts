// npm run bench:stores                  the full run; writes bench/STORES.md
// npm run bench:stores -- --quick       a short one, printed only
// npm run bench:stores -- --only redis  operations of one store in full, printed only
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { surroundings } from "../measure/versions.ts";
import { growAll } from "./grow-all.ts";
import { lineup, type Pair } from "./lineup.ts";
import { measureOperations } from "./operations.ts";
import { pruneAll } from "./prune-all.ts";
import { startRelay } from "./relay.ts";
import { report } from "./report.ts";
import type { Comparison } from "./results.ts";
import { countRoundTrips, type RoundTrips } from "./round-trips.ts";
import { startServers } from "./servers.ts";
import { fullRun, quickRun } from "./settings.ts";
import type { Subject } from "./subject.ts";
import { measureUpdates } from "./updates.ts";

const packages = [
  ...["express-session", "connect-pg-simple", "express-mysql-session", "connect-redis", "connect-mongo"],
  ...["session-file-store", "pg", "mysql2", "redis", "mongodb", "libsql"],
];
const log = (line: string): void => console.error(line);
const { quick, only } = parseArgs({ options: { quick: { type: "boolean" }, only: { type: "string" } } }).values;
const settings = quick ? quickRun : fullRun;

async function compare(pair: Pair): Promise<Comparison> {
  const { backend } = pair;
  log(`${backend}: operations`);
  const subjects = await pair.open(pair.url, "compared");
  const operations = await measureOperations(subjects, settings);
  log(`${backend}: updates`);
  const updates = [];
  for (const subject of subjects) updates.push(await measureUpdates(subject, settings.updates));
  await closeAll(subjects);
  return {
    backend,
    names: subjects.map(({ name }) => name),
    operations,
    updates,
    roundTrips: await roundTripsOf(pair),
  };
}

async function roundTripsOf({ url, open }: Pair): Promise<RoundTrips[] | undefined> {
  if (url === undefined) return undefined;
  const relay = await startRelay(url);
  const subjects = await open(relay.url, "counted");
  const counts = [];
  for (const subject of subjects) counts.push(await countRoundTrips(subject, relay));
  await closeAll(subjects);
  await relay.close();
  return counts;
}

const closeAll = (subjects: readonly Subject[]) => Promise.all(subjects.map((subject) => subject.close()));

const servers = await startServers();
try {
  const comparisons = [];
  const pairs = lineup(servers).filter(({ backend }) => !only || backend.toLowerCase().includes(only.toLowerCase()));
  for (const pair of pairs) comparisons.push(await compare(pair));
  const growth = only ? [] : await growAll(servers, settings, log);
  const pruning = only ? [] : await pruneAll(servers, settings, log);
  const text = report({ settings, surroundings: surroundings(packages), comparisons, growth, pruning });
  if (!quick && !only) writeFileSync(new URL("../STORES.md", import.meta.url), text);
  console.log(text);
} finally {
  await servers.stop();
}
