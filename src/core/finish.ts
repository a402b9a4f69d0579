import { answer } from "./answer.ts";
import { keepAlive, save } from "./durable.ts";
import type { Outcome } from "./sessions.ts";
import type { HeaderEdit } from "./transport.ts";
import type { Visit } from "./visit.ts";

/**
 * The commit of a request: once, before its response leaves. After a failure it runs once more for the error response,
 * which keeps nothing and only tells the client of what was durable before.
 */
export async function finish(visit: Visit, { status }: Outcome): Promise<HeaderEdit[]> {
  if (!visit.isLoaded || visit.problem || visit.isClosed) return [];
  if (status >= 500 || visit.hasFailed) {
    await visit.started.settled().catch(() => undefined);
    visit.discard();
  } else {
    try {
      await store(visit);
    } catch (error) {
      visit.hasFailed = true;
      throw error;
    }
  }
  const edits = await answer(visit);
  visit.isClosed = true;
  return edits;
}

async function store(visit: Visit): Promise<void> {
  await visit.started.settled();
  const before = visit.held;
  await save(visit);
  if (before && visit.held === before && before === visit.opened) await keepAlive(visit);
}
