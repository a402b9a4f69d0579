import { SessionError, type SessionErrorCode } from "coatcheck";

/** Of these errors the library says that nothing was stored. */
const harmless: ReadonlySet<SessionErrorCode> = new Set([
  ...(["SESSION_GONE", "COMMIT_TIMEOUT", "TOO_MANY_SESSIONS", "SESSION_CLOSED", "SESSION_UNREADABLE"] as const),
]);

/** `isTroubled`: a call failed, so that a session that is gone may have been written to before it went. */
export const isHarmless = (error: unknown, isTroubled: boolean): boolean =>
  SessionError.is(error) && harmless.has(error.code) && !(isTroubled && error.code === "SESSION_GONE");

export const codeOf = (error: unknown): string => (SessionError.is(error) ? error.code : `${error}`);
