import { invalidOption } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import type { SessionManager } from "../../types/sessions.ts";

/**
 * The session that this manager has on a request already, where its middleware stands twice in the way.
 *
 * @throws SessionError INVALID_OPTION where something else stands under the name
 */
export function mountedBefore<Data extends object>(
  sessions: SessionManager<Data>,
  carrier: object,
  standing: unknown,
  name: string,
): Session<Data> | undefined {
  const known = sessions.tryGet(carrier);
  if (standing === undefined || standing === known) return known;
  if (skipped.get(standing as object) === sessions) return standing as Session<Data>;
  throw invalidOption(
    `The request already has something under "${name}", probably from another session middleware. Mount this one under another name, as in session(sessions, { as: "visit" }), or remove the other.`,
  );
}

/** Sessions of requests that the option `skip` left out, and their manager: they say so when they are used. */
const skipped = new WeakMap<object, object>();

/** To be called once a session is mounted, for `mountedBefore`. */
export function noteMounted<Data extends object>(
  sessions: SessionManager<Data>,
  carrier: object,
  session: Session<Data>,
): void {
  if (!sessions.tryGet(carrier)) skipped.set(session, sessions);
}
