/** Every code with the HTTP status that fits it. */
const statusByCode = {
  INVALID_OPTION: 500,
  SESSION_NOT_MOUNTED: 500,
  SESSION_NOT_LOADED: 500,
  SESSION_CLOSED: 500,
  HEADERS_SENT: 500,
  SESSION_GONE: 409,
  STORE_UNAVAILABLE: 503,
  STORE_TIMEOUT: 503,
  COMMIT_TIMEOUT: 503,
  COMMIT_UNKNOWN: 503,
  NOT_SERIALIZABLE: 500,
  SESSION_TOO_LARGE: 500,
  COOKIE_TOO_LARGE: 500,
  INSECURE_TRANSPORT: 500,
  NOT_SUPPORTED: 500,
  RECORD_CORRUPT: 500,
  NOT_SIGNED_IN: 401,
  SESSION_UNREADABLE: 503,
  UNREADABLE_VALUE: 500,
  TOO_MANY_SESSIONS: 429,
  INVALID_DATA: 500,
} as const;

/** What went wrong, for `switch`. Messages may improve from release to release, codes stay. */
export type SessionErrorCode = keyof typeof statusByCode;

/** Registered, so that all copies of the package in one process know each other's errors. */
const brand = Symbol.for("coatcheck.error");

/**
 * The one error class of the library. Its message says what happened and what to do about it, and never holds a token
 * or a value of the session. Missing, expired and forged tokens are not errors; wrong types from the programmer are
 * `TypeError`s.
 */
export class SessionError extends Error {
  override readonly name = "SessionError";
  readonly code: SessionErrorCode;
  /** The HTTP status a server should answer with; frameworks read it under one of the two names. */
  readonly status: number;
  readonly statusCode: number;
  /** The message is not for visitors: frameworks that read this answer with the words of the status instead. */
  readonly expose = false;

  constructor(code: SessionErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.status = statusByCode[code];
    this.statusCode = this.status;
  }

  /**
   * Tells a SessionError also where a process has loaded the package twice, as happens in a monorepo: `instanceof` knows
   * those of one copy only.
   */
  static is(error: unknown): error is SessionError {
    return typeof error === "object" && error !== null && brand in error;
  }
}

// On the prototype, where it costs no error anything and no log shows it.
Object.defineProperty(SessionError.prototype, brand, { value: true });

export function invalidOption(message: string): SessionError {
  return new SessionError("INVALID_OPTION", message);
}

export function gone(): SessionError {
  return new SessionError(
    "SESSION_GONE",
    "This session ended while the request ran (logout, login, revoked or expired), so its changes were not stored. The client has to start again with its current token.",
  );
}
