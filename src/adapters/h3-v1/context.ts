import { SessionError } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import { refuseAssignment } from "../shared/session-property.ts";

/** What Nitro leaves in the context of a request while a cached handler answers it. */
interface CachedContext {
  readonly cache?: { readonly options?: { readonly integrity?: unknown } };
}

/**
 * Puts a session where handlers look for it. A handler whose answer Nitro keeps for everybody runs for whoever comes
 * first, in the context of that visitor: there the session is refused, because all others would see what is in it.
 */
export function putSession(context: object, name: string, session: Session<object>): void {
  Object.defineProperty(context, name, {
    configurable: true,
    enumerable: true,
    set: refuseAssignment(name),
    get(this: CachedContext) {
      if (this.cache?.options?.integrity === undefined) return session;
      throw new SessionError(
        "SESSION_NOT_MOUNTED",
        "This handler has no session, because its answer is kept for everybody: by a route rule (cache, swr, isr) or by defineCachedEventHandler. Use the session in a route that is not cached, which a cached page can ask from the browser.",
      );
    },
  });
}
