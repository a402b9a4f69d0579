import { answer } from "./answer.ts";
import { keepAlive, save } from "./durable.ts";
import type { Outcome } from "./sessions.ts";
import type { HeaderEdit } from "./transport.ts";
import type { Visit } from "./visit.ts";

/** The commit of a request: once, before its response leaves. After a failure it runs again for the error response. */
export async function finish(visit: Visit, { status }: Outcome): Promise<HeaderEdit[]> {
  if (!visit.isLoaded || visit.problem || visit.isClosed) return [];
  const isFailed = status >= 500;
  try {
    await visit.started.settled();
  } catch (error) {
    if (!isFailed) throw error;
  }
  if (isFailed) {
    visit.discard();
  } else {
    const before = visit.held;
    await save(visit);
    if (before && visit.held === before && before === visit.opened) await keepAlive(visit);
  }
  const edits = await answer(visit);
  visit.isClosed = true;
  return edits;
}
