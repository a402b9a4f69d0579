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
  SESSION_BUSY: 503,
  SESSIONS_CLOSED: 503,
  NOT_SERIALIZABLE: 500,
  SESSION_TOO_LARGE: 500,
  COOKIE_TOO_LARGE: 500,
  INSECURE_TRANSPORT: 500,
  NOT_SUPPORTED: 500,
  RECORD_CORRUPT: 500,
  NOT_SIGNED_IN: 401,
  REAUTHENTICATION_REQUIRED: 401,
  CROSS_SITE_REQUEST: 403,
  SESSION_UNREADABLE: 503,
  UNREADABLE_VALUE: 500,
  TOO_MANY_SESSIONS: 429,
  INVALID_DATA: 500,
} as const;

/** Identifies what went wrong. Codes stay the same from release to release; messages may improve. */
export type SessionErrorCode = keyof typeof statusByCode;

/** A registered symbol, so that two copies of the package in one process recognise each other's errors. */
const brand = Symbol.for("coatcheck.error");

/**
 * Reports a failure of the library. This is its only error class. The message says what happened and what to do, and
 * never contains a token or a value from the session. A missing, expired or forged token is not an error. An argument
 * of the wrong type is a `TypeError`.
 */
export class SessionError extends Error {
  override readonly name = "SessionError";
  readonly code: SessionErrorCode;
  /** The HTTP status to respond with. Frameworks read either `status` or `statusCode`. */
  readonly status: number;
  readonly statusCode: number;
  /** Keeps the message from the client: frameworks that read `expose` send the reason phrase of the status instead. */
  readonly expose = false;

  constructor(code: SessionErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.status = statusByCode[code];
    this.statusCode = this.status;
  }

  /**
   * Returns whether `error` is a SessionError. Works across two copies of the package in one process, as a monorepo may
   * have; `instanceof` recognises only the errors of its own copy.
   *
   * @example
   * if (SessionError.is(error) && error.code === "SESSION_GONE") return redirect("/login");
   */
  static is(error: unknown): error is SessionError {
    return typeof error === "object" && error !== null && brand in error;
  }
}

// On the prototype: it costs nothing per error, and logs do not print it.
Object.defineProperty(SessionError.prototype, brand, { value: true });

export function invalidOption(message: string): SessionError {
  return new SessionError("INVALID_OPTION", message);
}

export function sessionsClosed(): SessionError {
  return new SessionError(
    "SESSIONS_CLOSED",
    "sessions.close() was called, so this process stores and reads no sessions any more. Nothing of this call was written. At shutdown close the server first, and wait for its requests.",
  );
}

export function gone(): SessionError {
  return new SessionError(
    "SESSION_GONE",
    "This session ended during the request (logout, login, revocation or expiry), so its changes were not stored. The client must retry with its current token.",
  );
}
