import type { Outcome } from "../../types/sessions.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { touchDue } from "../state/expiry.ts";
import { rotationDue } from "../state/rotation.ts";
import { keepAlive, save, withdraw } from "./commit-changes.ts";
import { cachesUnread } from "./late-reads.ts";
import type { Visit } from "./request-session.ts";
import { answer, cacheEdits } from "./response-edits.ts";

/**
 * The commit of a request: once, before its response leaves. After a failure it runs once more for the error response,
 * which keeps nothing and only tells the client of what was durable before. A visit that left nothing to do is answered
 * at once, so that its response need not wait for a promise.
 */
export function finish(visit: Visit, outcome: Outcome): HeaderEdit[] | Promise<HeaderEdit[]> {
  if (visit.isClosed || visit.problem?.code === "SESSION_NOT_MOUNTED") return [];
  if (visit.isLoaded && !visit.problem && !isQuiet(visit)) return store(visit, outcome);
  visit.isClosed = true;
  return visit.isAccessed ? cacheEdits(visit, []) : cachesUnread(visit, outcome.answer);
}

/** Nothing is to be stored, nothing is due, and the client's token is the one to keep. */
function isQuiet(visit: Visit): boolean {
  const { opened, held, engine } = visit;
  if (opened !== held || !isUntouched(visit)) return false;
  if (!held || !opened) return true;
  const now = engine.clock.now();
  if (opened.standing !== "current" || (visit.keeper.kind === "sealed" && held.token === undefined)) return false;
  return !touchDue(held.state, engine.config.limits, now) && !rotationDue(held, now, engine.config);
}

/** A value that cannot be encoded is a change; what is wrong with it will be said when it is collected. */
function isUntouched(visit: Visit): boolean {
  try {
    return visit.isUntouched;
  } catch {
    return false;
  }
}

async function store(visit: Visit, { status, answer: pending }: Outcome): Promise<HeaderEdit[]> {
  if (status >= 500 || visit.hasFailed) {
    await visit.started.settled().catch(() => undefined);
    visit.discard();
  } else {
    try {
      await commit(visit);
    } catch (error) {
      visit.hasFailed = true;
      throw error;
    }
  }
  try {
    const edits = await answer(visit);
    visit.isClosed = true;
    return edits.length > 0 || visit.isAccessed ? edits : cachesUnread(visit, pending);
  } catch (error) {
    visit.hasFailed = true;
    await withdraw(visit);
    throw error;
  }
}

async function commit(visit: Visit): Promise<void> {
  await visit.started.settled();
  const before = visit.held;
  await save(visit);
  if (before && visit.held?.state === before.state && before === visit.opened) await keepAlive(visit);
}
