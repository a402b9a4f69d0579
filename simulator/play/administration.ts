import type { Sessions } from "coatcheck";
import { standingOf } from "../oracle/fact.ts";
import type { AdminStep } from "../plan/plan.ts";
import type { Data } from "../world/process.ts";
import { codeOf } from "./errors.ts";
import type { Stage } from "./stage.ts";
import { Visit } from "./visit.ts";

/** Lets an administrator look at the sessions of a client, or end them. */
export async function administrate(stage: Stage, step: AdminStep): Promise<void> {
  const process = stage.process(step.process);
  const { name, token } = stage.client(step.client);
  const id = token?.split(".")[0];
  if (!process || id === undefined) return;
  const visit = new Visit(stage, process, `administrator ${step.id}`, name);
  // These may take minutes, because they take longer the more sessions there are.
  if (step.action === "count" || step.action === "prune") stage.running.delete(visit);
  const { sessions } = process;
  try {
    visit.say(await act(visit, sessions, step, id));
  } catch (error) {
    stage.checkError(visit, error);
    visit.say(`cannot ${step.action} (${codeOf(error)})`);
  }
  visit.over();
}

async function act(visit: Visit, sessions: Sessions<Data>, step: AdminStep, id: string): Promise<string> {
  const { stage } = visit;
  const { userId } = stage.client(step.client);
  switch (step.action) {
    case "find": {
      const info = await sessions.find(id);
      if (info) stage.oracle.found(id, visit.look());
      else stage.oracle.notFound(id, visit.look());
      return `finds ${stage.world.trace.name(id)}: ${info !== undefined}`;
    }
    case "list":
      return list(visit, sessions, userId);
    case "count":
      return `counts ${await sessions.count()} sessions`;
    case "prune":
      return `prunes ${await sessions.prune()} sessions`;
    case "revoke": {
      const fact = visit.begin();
      stage.oracle.sessions.get(id)?.endings.push({ fact, why: "its revocation" });
      const isEnded = await sessions.revoke(id, { anyUser: true });
      visit.settle(fact, "done");
      return `revokes ${stage.world.trace.name(id)}: ${isEnded}`;
    }
    case "revokeOther":
      return revokeOther(visit, sessions, id, stage.client(step.client + 1).userId);
    case "revokeAll":
      return revokeAll(visit, sessions, userId);
  }
}

/** Pages of two, so that there are several. */
export async function list(visit: Visit, sessions: Sessions<Data>, userId: string): Promise<string> {
  const { oracle, world } = visit.stage;
  const listed = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await sessions.list({ userId, limit: 2, cursor });
    for (const info of page.sessions) {
      listed.add(info.id);
      oracle.found(info.id, visit.look());
      const known = oracle.sessions.get(info.id);
      if (known && !known.logins.some((login) => login.userId === userId))
        oracle.fail(`the list of ${userId} has session ${world.trace.name(info.id)}, where ${userId} never signed in`);
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  const look = visit.look();
  for (const { id, logins } of oracle.sessions.values()) {
    const isSignedIn = logins.some(
      (login) => login.userId === userId && standingOf(login.fact, look, oracle.rewinds) === "firm",
    );
    if (isSignedIn && !listed.has(id)) oracle.notFound(id, look);
  }
  return `lists ${listed.size} sessions of ${userId}`;
}

/** Somebody ends a session by its id, and may only if it is their own. */
async function revokeOther(visit: Visit, sessions: Sessions<Data>, id: string, userId: string): Promise<string> {
  const { oracle, world } = visit.stage;
  const known = oracle.sessions.get(id);
  const fact = visit.begin();
  known?.endings.push({ fact, why: "its revocation" });
  const isEnded = await sessions.revoke(id, { userId });
  // Also a login that came meanwhile.
  const isOwn = known?.logins.some((login) => login.userId === userId) ?? true;
  if (isEnded && !isOwn)
    oracle.fail(`${userId} ended session ${world.trace.name(id)}, where ${userId} never signed in`);
  visit.settle(fact, isEnded ? "done" : isOwn ? "unknown" : "refused");
  return `lets ${userId} revoke ${world.trace.name(id)}: ${isEnded}`;
}

async function revokeAll(visit: Visit, sessions: Sessions<Data>, userId: string): Promise<string> {
  const { oracle } = visit.stage;
  const look = visit.look();
  const fact = visit.begin();
  const unsure = visit.begin();
  for (const { logins, endings } of oracle.sessions.values()) {
    const own = logins.filter((login) => login.userId === userId);
    if (own.length === 0) continue;
    const isSure = look.lag === 0 && own.some((login) => standingOf(login.fact, look, oracle.rewinds) === "firm");
    endings.push({ fact: isSure ? fact : unsure, why: "the revocation of all" });
  }
  oracle.revoking.push({ userId, fact: unsure });
  const ended = await sessions.revokeAll(userId);
  visit.settle(fact, visit.look().lag === 0 ? "done" : "unknown");
  // A login that reads from a replica that lags, or whose process has the time wrong, may not see it.
  const { steps } = visit.stage.plan;
  if (!steps.some(({ kind }) => kind === "clock" || kind === "lag")) {
    oracle.revocations.push({ userId, fact, by: visit.process, from: visit.start.at });
    oracle.noteRevoked();
  }
  return `revokes all ${ended} sessions of ${userId}`;
}
