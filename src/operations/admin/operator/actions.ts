import type { Session } from "../../../types/session.ts";
import type { Sessions } from "../../../types/sessions.ts";
import type { Fields } from "../page/request.ts";
import type { AdminAction } from "./options.ts";
import { mayBeUser } from "./search.ts";

/** What a form has done. */
export interface Outcome {
  readonly note: string;
  /** The operator's own session may be among the ended ones, so that nothing can be kept in it. */
  readonly endsOwn: boolean;
}

type Tell = (action: AdminAction) => void;

const nothing = (note: string): Outcome => ({ note, endsOwn: false });

/** Does what the pressed button of a form asks for, and tells that, also where the store fails half-way. */
export async function act<Data extends object>(
  sessions: Sessions<Data>,
  own: Pick<Session, "id" | "userId">,
  { session, user, all, confirm }: Fields,
  tell: Tell,
): Promise<Outcome> {
  if (session !== undefined) return endSession(sessions, own, session, tell);
  if (user !== undefined) return endUser(sessions, own, decoded(user), tell);
  if (all === undefined) return nothing("Nothing was asked for.");
  if (confirm !== sessions.name) return nothing(`Nothing was ended: type ${sessions.name} to confirm.`);
  const type = "end-all";
  await sessions.destroyAll().catch(failed(() => tell({ type, outcome: "failed" })));
  tell({ type, outcome: "done" });
  return { note: "All sessions are ended.", endsOwn: true };
}

async function endSession<Data extends object>(
  sessions: Sessions<Data>,
  own: Pick<Session, "id">,
  id: string,
  tell: Tell,
): Promise<Outcome> {
  const asked = { type: "end-session", id } as const;
  const isEnded = await sessions
    .revoke(id, { anyUser: true })
    .catch(failed(() => tell({ ...asked, outcome: "failed" })));
  if (!isEnded) return nothing("There is no such session any more.");
  tell({ ...asked, outcome: "done" });
  return { note: "The session is ended.", endsOwn: id === own.id };
}

async function endUser<Data extends object>(
  sessions: Sessions<Data>,
  own: Pick<Session, "userId">,
  userId: string | undefined,
  tell: Tell,
): Promise<Outcome> {
  if (userId === undefined || !mayBeUser(userId)) return nothing("There is no such user.");
  const asked = { type: "end-user", userId } as const;
  const count = await sessions
    .revokeAll(userId)
    .catch(failed(() => tell({ ...asked, outcome: "failed", count: undefined })));
  tell({ ...asked, outcome: "done", count });
  return { note: `Ended sessions of this user: ${count}.`, endsOwn: userId === own.userId };
}

const failed =
  (tell: () => void) =>
  (error: unknown): never => {
    tell();
    throw error;
  };

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
