/** The response headers that decide how caches treat a response. */
export interface CacheHeaders {
  /** Returns the value of a header, several lines joined by commas. `undefined`: no such header. */
  get(name: string): string | undefined;
  /** Returns the names of all headers in lower case. */
  names(): Iterable<string>;
}

/** The result of a handler, for the commit. */
export interface Outcome {
  /** The final HTTP status. At 500 and above, changes that are not stored yet are discarded. */
  readonly status: number;
  /** What the handler threw, if it did. */
  readonly error?: unknown;
  /** The response about to be sent. Absent: unknown, so a session that is first read later only causes a warning. */
  readonly response?: PendingResponse | undefined;
}

/** A response that is not sent yet, so that its headers can still be changed. */
export interface PendingResponse {
  readonly headers: CacheHeaders;
  /**
   * Returns true if the body is complete, so that nothing read from now on can be in it. `undefined`: not known yet.
   */
  isWhole(): boolean | undefined;
  /** Resolves with the result if `isWhole()` returned `undefined`. Absent: such a body counts as incomplete. */
  whenKnown?(): Promise<boolean>;
  /** Returns true once the response was sent completely. Absent: never known. */
  isOver?(): boolean;
}
