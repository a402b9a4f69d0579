import { type Csrf, type CsrfOptions, csrf } from "../../../security/csrf/csrf.ts";
import { SessionError, type SessionErrorCode } from "../../../types/errors.ts";
import type { Session } from "../../../types/session.ts";
import type { SessionManager } from "../../../types/sessions.ts";
import type { Fields, PageRequest } from "./request.ts";

export interface Protection {
  token(session: Session<never>): Promise<string>;
  /** Returns whether the request may change something. */
  allows(request: PageRequest, session: Session<never>, fields: Fields): boolean;
  /**
   * Asks the store for the session once more, because a client may take its time over the body. False: it was ended. What
   * the session says from now on is as it is stored.
   */
  isOpen(session: Session<never>): Promise<boolean>;
}

/** No session has it. */
const NO_KEY = "coatcheck.none";

/** `csrf()` for pages that are handed the session beside the request, of whatever kind that is. */
export function protect(options: CsrfOptions = {}): Protection {
  const carried = new WeakMap<object, object>();
  const protection: Csrf = csrf({ get: (carrier: object) => carried.get(carrier) } as SessionManager<object>, options);
  return {
    token: (session) => {
      carried.set(session, session);
      return protection.token(session);
    },
    allows: (request, session, fields) => {
      carried.set(request, session);
      try {
        protection.check(request, fields._csrf);
        return true;
      } catch (error) {
        return refused(error, "CROSS_SITE_REQUEST");
      }
    },
    isOpen: async (session) => {
      try {
        // Changes nothing. What a session has of a key must be known for certain before it is taken.
        await session.take(NO_KEY as never);
        return true;
      } catch (error) {
        return refused(error, "SESSION_GONE");
      }
    },
  };
}

/** @throws any other error */
function refused(error: unknown, code: SessionErrorCode): false {
  if (SessionError.is(error) && error.code === code) return false;
  throw error;
}
