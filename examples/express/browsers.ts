import { type Session, SessionError, type SessionInfo, type Sessions } from "coatcheck";
import type { Visit } from "./sessions.ts";

export interface SignedInBrowser extends SessionInfo {
  readonly label: string;
  readonly isThis: boolean;
}

/** Lists the sessions of the user, this browser first; none for a visitor. */
export async function browsersOf(sessions: Sessions<Visit>, session: Session<Visit>): Promise<SignedInBrowser[]> {
  const { sessions: found } = await sessions.of(session).list();
  const browsers = await Promise.all(
    found.map(async (info) => ({
      ...info,
      label: await storedLabel(sessions, info.id),
      isThis: info.id === session.id,
    })),
  );
  return browsers.sort((a, b) => Number(b.isThis) - Number(a.isThis) || +b.lastSeenAt - +a.lastSeenAt);
}

/** A list tells nothing of what sessions hold; for that one has to look into each. */
async function storedLabel(sessions: Sessions<Visit>, id: string): Promise<string> {
  try {
    return (await sessions.edit(id, (session) => session.get("browser"))) ?? unknown;
  } catch (error) {
    // It may have been signed out since it was listed.
    if (error instanceof SessionError && error.code === "SESSION_GONE") return unknown;
    throw error;
  }
}

const unknown = "A browser";
const programs = ["Edg", "OPR", "Firefox", "Chrome", "Safari", "curl"];
const programNames: Readonly<Record<string, string>> = { Edg: "Edge", OPR: "Opera" };
const systems = ["Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux"];

/** A few words for a User-Agent header: "Firefox on Linux". The header itself is long, and anybody's to choose. */
export function labelFor(userAgent = ""): string {
  const program = programs.find((name) => userAgent.includes(`${name}/`));
  const system = systems.find((name) => userAgent.includes(name));
  const name = program === undefined ? unknown : (programNames[program] ?? program);
  return system === undefined ? name : `${name} on ${system.replace("Mac OS X", "macOS")}`;
}
