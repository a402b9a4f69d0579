import type { Session } from "../../../types/session.ts";
import type { Sessions } from "../../../types/sessions.ts";
import type { Fields } from "../page/request.ts";
import type { AdminAction } from "./options.ts";
import { mayBeUser } from "./search.ts";

/** What a form has done. */
export interface Outcome {
  readonly note: string;
  readonly action: AdminAction | undefined;
  /** The operator's own session may be among the ended ones, so that nothing can be kept in it. */
  readonly endsOwn: boolean;
}

const nothing = (note: string): Outcome => ({ note, action: undefined, endsOwn: false });

/** Does what the pressed button of a form asks for. */
export async function act<Data extends object>(
  sessions: Sessions<Data>,
  own: Pick<Session, "id" | "userId">,
  { session, user, all, confirm }: Fields,
): Promise<Outcome> {
  if (session !== undefined) return endSession(sessions, own, session);
  if (user !== undefined) return endUser(sessions, own, decoded(user));
  if (all === undefined) return nothing("Nothing was asked for.");
  if (confirm !== sessions.name) return nothing(`Nothing was ended: type ${sessions.name} to confirm.`);
  await sessions.destroyAll();
  return { note: "All sessions are ended.", action: { type: "all-ended" }, endsOwn: true };
}

async function endSession<Data extends object>(
  sessions: Sessions<Data>,
  own: Pick<Session, "id">,
  id: string,
): Promise<Outcome> {
  if (!(await sessions.revoke(id, { anyUser: true }))) return nothing("There is no such session any more.");
  return { note: "The session is ended.", action: { type: "session-ended", id }, endsOwn: id === own.id };
}

async function endUser<Data extends object>(
  sessions: Sessions<Data>,
  own: Pick<Session, "userId">,
  userId: string | undefined,
): Promise<Outcome> {
  if (userId === undefined || !mayBeUser(userId)) return nothing("There is no such user.");
  const count = await sessions.revokeAll(userId);
  const note = `Ended sessions of this user: ${count}.`;
  return { note, action: { type: "user-ended", userId, count }, endsOwn: userId === own.userId };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
