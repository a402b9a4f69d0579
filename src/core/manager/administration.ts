import type { ListOptions, Owner, RevokeAllOptions } from "../../types/administration.ts";
import type { Session } from "../../types/session.ts";
import type { Sessions } from "../../types/sessions.ts";
import { checkKeys, type Known, typeError } from "../language/known-keys.ts";
import { isId } from "../record/token.ts";
import { ownSessions } from "../request/own-sessions.ts";
import { ownerIn, sessionIdFor, userIdFor } from "../request/owner.ts";
import type { ManagerContext } from "../runtime/context.ts";
import type { SessionAdmin } from "./admin.ts";
import { checkDataKeys } from "./session-info.ts";

const owners: Known<Owner> = { userId: true, anyUser: true };
const listing: Known<ListOptions> = { ...owners, limit: true, cursor: true, keys: true };
const revoking: Known<RevokeAllOptions> = { except: true };

type Data = Record<string, unknown>;
type Administration = Pick<Sessions<Data>, "of" | "list" | "revoke" | "revokeAll">;

/** Creates the methods that list and end sessions. Each checks the owner before it does anything. */
export function createAdministration(
  context: ManagerContext,
  admin: SessionAdmin,
  ready: <T>(work: () => Promise<T>) => Promise<T>,
): Administration {
  const administration: Administration = {
    of: (session) => ownSessions(context, administration, session as Session<Data>),
    list: async (options) => {
      const userId = ownerIn(options, listing, "list()");
      checkDataKeys(options.keys, "list()");
      return ready(() => admin.list(userId, options));
    },
    revoke: async (id, owner) => {
      const userId = ownerIn(owner, owners, "revoke()");
      const known = isId(sessionIdFor(id, "revoke()"));
      return known && ready(() => admin.revoke(id, userId));
    },
    revokeAll: async (userId, options = {}) => {
      checkKeys(options, revoking, "revokeAll()", typeError);
      const user = userIdFor(userId, "revokeAll()");
      const except = options.except === undefined ? undefined : sessionIdFor(options.except, "revokeAll()");
      return ready(() => admin.revokeAll(user, except));
    },
  };
  return administration;
}
