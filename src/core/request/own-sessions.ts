import type { OwnSessions, PageOptions } from "../../types/administration.ts";
import type { Session } from "../../types/session.ts";
import type { Sessions } from "../../types/sessions.ts";
import { checkKeys, type Known, typeError } from "../language/known-keys.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { notSignedIn } from "./owner.ts";

/** Under this name a session says whether it is one of this manager's. */
export const belongsTo: unique symbol = Symbol("belongsTo");

type Data = Record<string, unknown>;
const page: Known<PageOptions> = { limit: true, cursor: true, keys: true };

type Administration = Pick<Sessions<Data>, "list" | "revoke" | "revokeAll">;

/**
 * The sessions of one session's user. Who that is is asked at each call, because a login may come in between. What ends the
 * session itself goes by `destroy()`, so that this client's token is cleared and the request can go on.
 */
export function ownSessions(context: ManagerContext, sessions: Administration, session: Session<Data>): OwnSessions {
  if (!isOwn(session, context)) {
    throw new TypeError(
      `of() takes a session of the manager "${context.config.name}", such as sessions.get(request). User ids of another manager may be other people's.`,
    );
  }
  const userIn = (call: string): string => {
    const { userId } = session;
    if (userId === undefined) throw notSignedIn(call);
    return userId;
  };
  const revokeOthers = async (call: string): Promise<number> =>
    sessions.revokeAll(userIn(call), { except: session.id });

  return {
    list: async (options = {}) => {
      checkKeys(options, page, "of().list()", typeError);
      const { userId } = session;
      return userId === undefined ? { sessions: [] } : sessions.list({ ...options, userId });
    },
    revoke: async (id) => {
      const userId = userIn("of().revoke()");
      if (id !== session.id) return sessions.revoke(id, { userId });
      await session.destroy();
      return true;
    },
    revokeOthers: () => revokeOthers("of().revokeOthers()"),
    revokeAll: async () => {
      const others = await revokeOthers("of().revokeAll()");
      await session.destroy();
      return others + 1;
    },
  };
}

/** A Proxy around a session answers for it. */
function isOwn(session: unknown, context: ManagerContext): boolean {
  if (typeof session !== "object" || session === null) return false;
  const answer = (session as { [belongsTo]?: (context: ManagerContext) => boolean })[belongsTo];
  return typeof answer === "function" && answer.call(session, context);
}
