import { milliseconds } from "../core/config/duration.ts";
import { SessionError } from "../types/errors.ts";
import type { Duration } from "../types/limits.ts";
import type { ReadonlySession } from "../types/session.ts";

/**
 * Returns the user of a session.
 *
 * @example
 * const userId = requireUser(sessions.get(req));
 *
 * @throws SessionError NOT_SIGNED_IN, whose status is 401
 */
export function requireUser<Data extends object>(session: ReadonlySession<Data>): string {
  const { userId } = session;
  if (userId !== undefined) return userId;
  throw new SessionError("NOT_SIGNED_IN", "This needs a user, and the session has none. Send the visitor to sign in.");
}

/**
 * Returns the user of a session whose last `login()` is recent enough for what follows, such as a change of the
 * password. Call `login()` again with the same user when the password or the passkey was checked.
 *
 * @param maxAge how long ago the login may be, such as "10m"
 *
 * @throws SessionError NOT_SIGNED_IN without a user; REAUTHENTICATION_REQUIRED if the login is older. Both are 401
 */
export function requireFresh<Data extends object>(session: ReadonlySession<Data>, maxAge: Duration): string {
  const userId = requireUser(session);
  const limit = milliseconds(maxAge, "maxAge");
  const at = session.authenticatedAt?.getTime();
  if (at !== undefined && Date.now() - at <= limit) return userId;
  throw new SessionError(
    "REAUTHENTICATION_REQUIRED",
    `This needs a login of the last ${maxAge}, and the session's is older. Ask the user for the password or passkey again, and call session.login().`,
  );
}
