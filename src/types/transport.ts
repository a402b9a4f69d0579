/** The part of a request that sessions read. Adapters create one from the request of their framework. */
export interface RequestHead {
  readonly method: string;
  /** An absolute URL, or the request target as the client sent it (`/path?query`). */
  readonly url: string;
  /** True if this connection itself uses TLS. The core reads the headers of proxies (`trustProxy`). */
  readonly encrypted: boolean;
  /** The address of the other end of this connection: the client's, or the nearest proxy's. Absent: not known. */
  readonly peer?: string | undefined;
  /** The HTTP version, such as "1.0" or "1.1". Absent: not known. */
  readonly httpVersion?: string | undefined;
  /** Returns the value of a header by its lower-case name. Several lines are joined as HTTP prescribes. */
  header(name: string): string | undefined;
}

/** One change to the headers of a response. `editHeaders()` applies a list of them. */
export interface HeaderEdit {
  /**
   * - `cookie`: adds a `Set-Cookie` line and removes an earlier one for the same cookie name.
   * - `set`: sets the header to `value`.
   * - `vary`: adds the header name in `value` to `Vary`.
   * - `private`: changes `Cache-Control`, and the headers that some caches prefer to it, so that shared caches do not
   *   store the response. `value` is a further directive; with "no-store" no cache stores the response.
   */
  readonly kind: "cookie" | "set" | "vary" | "private";
  readonly name: string;
  readonly value: string;
}

/** The attributes of a session's own cookie that `session.setCookieAttributes()` can change. */
export interface CookieOverrides {
  readonly sameSite?: "lax" | "strict" | "none" | undefined;
  readonly httpOnly?: boolean | undefined;
  readonly priority?: "low" | "medium" | "high" | undefined;
}

/** The request that a transport serves. */
export interface TransportContext {
  /** The manager's `name`. */
  readonly name: string;
  readonly head: RequestHead;
  /** True if the client connected over https, directly or through a trusted proxy. */
  readonly secure: boolean;
  /**
   * True if the request was made on this machine: its host is a loopback host (localhost, *.localhost, 127.0.0.0/8 or
   * [::1]), and neither the connection nor a header shows otherwise.
   */
  readonly loopback: boolean;
}

/** How long the client should keep a token, and the session's own cookie attributes. */
export interface TokenDelivery {
  /** Epoch milliseconds. `undefined`: until the browser closes. */
  readonly expiresAt: number | undefined;
  /** The current time in epoch milliseconds. */
  readonly now: number;
  readonly overrides: CookieOverrides | undefined;
}

/** A warning for the observer, emitted once. */
export interface UnreadToken {
  readonly code: "INSECURE_TRANSPORT" | "OTHER_COOKIE_NAME";
  readonly message: string;
}

/**
 * Carries tokens between client and server. `cookie()`, `header()`, `bearer()` and `query()` create one. An application
 * may pass an object of its own.
 */
export interface Transport {
  /** The request header that the token comes from, spelled as `Vary` should list it. */
  readonly vary?: string | undefined;
  /** Returns the tokens of a request, the most likely first. Without a token: `undefined` or an empty list. */
  read(head: RequestHead, context: TransportContext): string | readonly string[] | undefined;
  /** Throws if the response to this request cannot carry a token. Called before anything is stored. */
  ready?(context: TransportContext): void;
  /**
   * Checks a session's own cookie attributes before they are stored.
   *
   * @throws SessionError INVALID_OPTION if the response to this request cannot carry them
   */
  checkOverrides?(overrides: CookieOverrides, context: TransportContext): void;
  /** Returns the header edits that send the client a token. Absent: this transport only reads. */
  write?(token: string, delivery: TokenDelivery, context: TransportContext): HeaderEdit[];
  /** Returns the header edits that make the client forget its token. */
  clear?(overrides: CookieOverrides | undefined, context: TransportContext): HeaderEdit[];
  /** Returns the `name=value` pair that a browser would send for a token. Used by `sessions.issue()`. */
  present?(token: string, name: string, secure: boolean): string;
  /** Explains why a token of the request was not read. Called if no transport read one. */
  explainUnread?(head: RequestHead, context: TransportContext): UnreadToken | undefined;
  /** Checks the manager's `name`. Called once, by `createSessions()`. @throws SessionError INVALID_OPTION */
  check?(name: string): void;
}
