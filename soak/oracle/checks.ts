import type { Books } from "./history.ts";

/** Looks for contradictions in all that happened before that moment. */
export function audit(books: Books, before: number): void {
  for (const session of books.sessions.values()) {
    session.judgeEdits(before);
    const { id, found, missed, unlisted } = session;
    const end = books.endOf(session);
    if (found > end) books.violation(`session ${id} was found ${ms(found - end)} after its acknowledged end`);
    if (missed < before && !books.mayHaveEnded(session, missed)) {
      books.violation(`session ${id} was not found, and nobody had ended it`);
    }
    if (unlisted < before && !books.mayHaveEnded(session, unlisted)) {
      books.violation(`session ${id} was missing in the list of ${session.user}, and nobody had ended it`);
    }
  }
  for (const { id, found, missed, replaced, replaceBegan } of books.tokens.values()) {
    const session = books.sessions.get(id);
    if (found > replaced) books.violation(`a token of ${id} opened it ${ms(found - replaced)} after it was replaced`);
    if (session && missed < before && replaceBegan >= missed && !books.mayHaveEnded(session, missed)) {
      books.violation(`a token of session ${id} did not open it, and nobody had replaced it or ended the session`);
    }
  }
}

const ms = (time: number): string => `${time.toFixed(1)} ms`;
