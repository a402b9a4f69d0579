import type { History } from "./history.ts";

/** Looks for contradictions in all that happened before that moment. */
export function audit(history: History, before: number): void {
  for (const session of history.sessions.values()) {
    session.judgeEdits(before);
    const { id, found, missed, unlisted } = session;
    const end = history.endOf(session);
    if (found > end) history.violation(`session ${id} was found ${ms(found - end)} after its acknowledged end`);
    if (missed < before && !history.mayHaveEnded(session, missed)) {
      history.violation(`session ${id} was not found, although no request ended it`);
    }
    if (unlisted < before && !history.mayHaveEnded(session, unlisted)) {
      history.violation(`session ${id} was missing in the list of ${session.user}, although no request ended it`);
    }
  }
  for (const { id, found, missed, replaced, replaceBegan } of history.tokens.values()) {
    const session = history.sessions.get(id);
    if (found > replaced) history.violation(`a token of ${id} opened it ${ms(found - replaced)} after it was replaced`);
    if (session && missed < before && replaceBegan >= missed && !history.mayHaveEnded(session, missed)) {
      history.violation(
        `a token of session ${id} did not open it, although no request replaced it or ended the session`,
      );
    }
  }
}

const ms = (time: number): string => `${time.toFixed(1)} ms`;
