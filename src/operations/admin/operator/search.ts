import type { SessionInfo, SessionList } from "../../../types/administration.ts";
import type { Sessions } from "../../../types/sessions.ts";
import { pageAt } from "../page/cursor.ts";

/** So many sessions of a user are read for one page. */
const PAGE = 50;

/** What was found by a text: the session of this id, and a page of the sessions of this user. */
export interface Found {
  readonly text: string;
  readonly session: SessionInfo | undefined;
  readonly ofUser: readonly SessionInfo[];
  readonly cursor: string | undefined;
  readonly isFirst: boolean;
}

export async function search<Data extends object>(
  sessions: Sessions<Data>,
  text: string,
  cursor: string | null,
  keys: readonly string[],
): Promise<Found> {
  const session = cursor === null ? await sessions.find(text, { keys }) : undefined;
  const page = await pageAt(
    cursor,
    async (at): Promise<SessionList> =>
      mayBeUser(text) ? sessions.list({ userId: text, limit: PAGE, cursor: at, keys }) : { sessions: [] },
  );
  return { text, session, ofUser: page.sessions, cursor: page.cursor, isFirst: page.isFirst };
}

/** Anything else cannot have signed in. */
export const mayBeUser = (text: string): boolean =>
  text !== "" && new TextEncoder().encode(text).length <= 255 && !text.includes("\u0000") && !/\p{Cs}/u.test(text);
