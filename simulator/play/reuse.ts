import type { Fact } from "../oracle/fact.ts";
import { mayBeRotated } from "../oracle/opening.ts";
import type { Visit } from "./visit.ts";

/** A token that may have ended, and may end its session by coming back. Beside another one it may end nothing. */
export function reuseOf(visit: Visit, presented: string, isAlone: boolean): readonly Reuse[] {
  const { oracle, world } = visit.stage;
  const token = oracle.token(presented);
  if (!token) return [];
  const hasEnded = token.ends.some(({ fact }) => fact.outcome !== "refused");
  if (!hasEnded && !mayBeRotated(token, world.now, oracle.limits)) return [];
  const fact = visit.begin();
  oracle.sessions.get(token.sessionId)?.endings.push({ fact, why: "the reuse of an ended token" });
  const isOver = isAlone && token.ends.some(({ grace }) => grace > 0) && oracle.isOver(token, visit.look());
  return [{ fact, sessionId: token.sessionId, isOver, before: visit.process.reused.length }];
}

interface Reuse {
  readonly fact: Fact;
  readonly sessionId: string;
  /** The token had ended for certain, and its grace was over. */
  readonly isOver: boolean;
  /** So many sessions the process had told of before. */
  readonly before: number;
}

/** A process that tells of reuse ends the session before it answers, unless its store fails. */
export function outcomeOfReuse(
  { process, errorsBefore }: Visit,
  { sessionId, isOver, before }: Reuse,
): "done" | "refused" | "unknown" {
  if (process.reused.length === before) return "refused";
  const isEnded = isOver && process.reused.includes(sessionId, before) && process.storeErrors === errorsBefore;
  return isEnded ? "done" : "unknown";
}
