import { type Csrf, type CsrfOptions, csrf } from "../../../security/csrf/csrf.ts";
import { SessionError } from "../../../types/errors.ts";
import type { Session } from "../../../types/session.ts";
import type { SessionManager } from "../../../types/sessions.ts";
import type { Fields, PageRequest } from "./request.ts";

export interface Protection {
  token(session: Session<never>): Promise<string>;
  /** Returns whether the request may change something. */
  allows(request: PageRequest, session: Session<never>, fields: Fields): boolean;
}

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
        if (SessionError.is(error) && error.code === "CROSS_SITE_REQUEST") return false;
        throw error;
      }
    },
  };
}
