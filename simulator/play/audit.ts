import type { StoredRecord } from "coatcheck";
import type { Process } from "../world/process.ts";
import type { World } from "../world/world.ts";
import { list } from "./administration.ts";
import { limitOf } from "./limit.ts";
import type { Stage } from "./stage.ts";
import { Visit } from "./visit.ts";

/** Compares what the store has at the end with what was acknowledged, when nothing goes wrong any more. */
export async function audit(stage: Stage): Promise<void> {
  const process = stage.auditor();
  for (const visit of stage.running) {
    if (visit.process.status !== "dead") stage.oracle.fail(`${visit.name} was never answered`);
  }
  for (const client of stage.clients) await open(stage, process, client.token);
  for (const id of [...stage.oracle.sessions.keys()]) await inspect(stage, process, id);
  for (const userId of new Set(stage.clients.map((client) => client.userId))) {
    const visit = new Visit(stage, process, "the audit", "nobody");
    await list(visit, process.sessions, userId);
    visit.over();
  }
  findGhosts(stage);
  await checkLimits(stage);
  await compareCounts(stage, process);
}

async function open(stage: Stage, { sessions }: Process, token: string | undefined): Promise<void> {
  if (token === undefined) return;
  const start = stage.oracle.start();
  const request = new Request("http://localhost/", { headers: { cookie: `session=${token}` } });
  await sessions.handle(request, (_, session) => {
    const look = stage.oracle.look(start);
    if (session.isNew) stage.oracle.missed(token, look);
    else stage.oracle.opened(token, session.id, look);
    return new Response();
  });
}

async function inspect(stage: Stage, { sessions }: Process, id: string): Promise<void> {
  const { oracle } = stage;
  const start = oracle.start();
  const facts = oracle.sessions.get(id);
  if (!(await sessions.find(id))) return oracle.notFound(id, oracle.look(start));
  await sessions.edit(id, async (session) => {
    oracle.found(id, oracle.look(start));
    oracle.values(id, session.toObject(), oracle.look(start), undefined);
    oracle.limit(id, limitOf(session), oracle.look(start));
    const call = oracle.now();
    for (const message of await session.flashes<string>()) oracle.received(id, message, call, oracle.look(start));
  });
  const name = stage.world.trace.name(id);
  const problem =
    facts?.messages.problemAtEnd(oracle.look(start), oracle.rewinds) ??
    facts?.counter.problemWithNumbers(oracle.rewinds);
  if (problem !== undefined) oracle.fail(`session ${name} ${problem}`);
}

/** A session whose token nobody was given counts for its user, and should have been taken back. */
function findGhosts({ oracle, world, hasKills }: Stage): void {
  if (hasKills || oracle.rewinds.length > 0) return;
  for (const { id } of liveRecords(world)) {
    const known = oracle.sessions.get(id);
    if (known?.creation.outcome !== "done")
      oracle.fail(`session ${world.trace.name(id)} is in the store, and nobody was given its token`);
  }
}

/** No user has more sessions than allowed: where the oldest are evicted and something failed, after one more login. */
async function checkLimits(stage: Stage): Promise<void> {
  const { oracle, world, plan, clients, hasTrouble, hasKills } = stage;
  const { maxSessionsPerUser: most, overflow } = plan.setting;
  if (most === undefined) return;
  const isReduced = hasTrouble && overflow === "evict-oldest";
  // A list that lags lacks logins, a store that goes back loses their order, and nobody takes back those of the dead.
  const isUnsure = hasKills || oracle.rewinds.length > 0 || plan.steps.some(({ kind }) => kind === "lag");
  if (overflow === "reject" && isUnsure) return;
  const process = stage.processes().find(({ status }) => status === "running");
  for (const userId of new Set(clients.map((client) => client.userId))) {
    if (isReduced && process) await process.sessions.issue({ userId });
    const live = liveRecords(world).filter((record) => record.userId === userId).length;
    if (live > most) oracle.fail(`${userId} has ${live} sessions, and may have ${most}`);
  }
}

async function compareCounts({ oracle, world }: Stage, { sessions }: Process): Promise<void> {
  const counted = await sessions.count();
  const stored = liveRecords(world).length;
  if (counted !== stored) oracle.fail(`count() is ${counted}, and the store has ${stored} live sessions`);
}

/** The library keeps notes of its own in another namespace. */
const liveRecords = ({ table, time }: World): StoredRecord[] =>
  [...table.records.values()].filter(({ namespace, expiresAt }) => namespace === "session" && expiresAt > time);
