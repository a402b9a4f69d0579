import type { Fact } from "../oracle/fact.ts";
import type { Visit } from "./visit.ts";

/** Does what commits by itself. If it fails, these facts are as the error says. */
export async function attempt<T>(visit: Visit, facts: readonly Fact[], work: () => Promise<T>): Promise<T> {
  const start = visit.attempts();
  try {
    return await work();
  } catch (error) {
    for (const fact of facts) visit.settle(fact, visit.outcomeOf(error));
    throw error;
  } finally {
    visit.checkTime(start, "one operation");
  }
}
