import type { Session, SessionInfo, Sessions } from "coatcheck";
import type { Visit } from "./sessions.ts";

export interface SignedInBrowser extends SessionInfo {
  readonly label: string;
  readonly isThis: boolean;
}

/** Lists the sessions of the user, this browser first; none for a visitor. */
export async function browsersOf(sessions: Sessions<Visit>, session: Session<Visit>): Promise<SignedInBrowser[]> {
  const { sessions: found } = await sessions.of(session).list({ keys: ["device"] });
  const browsers = found.map((info) => ({
    ...info,
    label: String(info.data?.device ?? "A browser"),
    isThis: info.id === session.id,
  }));
  return browsers.sort((a, b) => Number(b.isThis) - Number(a.isThis) || +b.lastSeenAt - +a.lastSeenAt);
}
