import { SessionError } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import { refuseAssignment } from "../shared/session-property.ts";

/** What Nitro sets on the context while a cached handler runs. */
interface CachedContext {
  readonly cache?: { readonly options?: { readonly integrity?: unknown } };
}

/**
 * Defines the property of the context that holds the session. Nitro runs a cached handler in the context of the first
 * client and sends its response to all others, so there the property throws.
 */
export function defineSession(context: object, name: string, session: Session<object>): void {
  Object.defineProperty(context, name, {
    configurable: true,
    enumerable: true,
    set: refuseAssignment(name),
    get(this: CachedContext) {
      if (this.cache?.options?.integrity === undefined) return session;
      throw new SessionError(
        "SESSION_NOT_MOUNTED",
        "This handler has no session, because its response is cached for all clients, by a route rule (cache, swr, isr) or by defineCachedEventHandler. Use the session in a route that is not cached; a cached page can fetch that route from the browser.",
      );
    },
  });
}
