import { SessionError, type SessionErrorCode } from "coatcheck";

/** Of these errors the library says that nothing was stored. */
const harmless: ReadonlySet<SessionErrorCode> = new Set([
  ...(["SESSION_GONE", "COMMIT_TIMEOUT", "TOO_MANY_SESSIONS", "SESSION_CLOSED", "SESSION_UNREADABLE"] as const),
]);

export const isHarmless = (error: unknown): boolean => SessionError.is(error) && harmless.has(error.code);

export const codeOf = (error: unknown): string => (SessionError.is(error) ? error.code : `${error}`);
