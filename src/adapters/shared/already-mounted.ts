import { invalidOption, type SessionError } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import type { SessionManager } from "../../types/sessions.ts";

/** Sessions of requests that the option `skip` left out, with their manager. They throw when they are used. */
const skippedSessions = new WeakMap<object, object>();

export const isSkipped = <Data extends object>(sessions: SessionManager<Data>, value: object): boolean =>
  skippedSessions.get(value) === sessions;

/** Remembers a session that was just opened, if its manager skips this request. Returns whether it does. */
export function noteSkipped<Data extends object>(
  sessions: SessionManager<Data>,
  carrier: object,
  session: Session<Data>,
): boolean {
  if (sessions.tryGet(carrier)) return false;
  skippedSessions.set(session, sessions);
  return true;
}

/**
 * Returns the session that this manager already has on a request, where its middleware is mounted twice.
 *
 * @throws SessionError INVALID_OPTION if the name holds anything else
 */
export function mountedBefore<Data extends object>(
  sessions: SessionManager<Data>,
  carrier: object,
  current: unknown,
  name: string,
): Session<Data> | undefined {
  const known = sessions.tryGet(carrier);
  if (current === undefined || current === known) return known;
  if (isSkipped(sessions, current as object)) return current as Session<Data>;
  throw nameTakenError(name);
}

export const nameTakenError = (name: string): SessionError =>
  invalidOption(
    `The request already has something under "${name}", probably from another session middleware. Mount this one under another name, as in session(sessions, { as: "visit" }), or remove the other.`,
  );
