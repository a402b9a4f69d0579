/** The part of a request that sessions look at; every adapter can make one. */
export interface RequestHead {
  readonly method: string;
  /** Absolute, or as in the request line (`/path?query`). */
  readonly url: string;
  /** True when this very connection is TLS; what a proxy says is read by the core (`trustProxy`). */
  readonly encrypted: boolean;
  /** One header by its lower-case name, several lines joined as HTTP joins them. */
  header(name: string): string | undefined;
}

/** One change to the headers of a response; `editHeaders` applies them. */
export interface HeaderEdit {
  /**
   * `cookie`: one more `Set-Cookie` line, in place of an earlier one for the same cookie name ·
   * `set`: this value · `vary`: add this header name to `Vary` ·
   * `private`: `Cache-Control`, and the fields that some caches put before it, may no longer let shared caches keep the
   * response; `value` is a further directive, and "no-store" lets no cache keep it.
   */
  readonly kind: "cookie" | "set" | "vary" | "private";
  readonly name: string;
  readonly value: string;
}

/** Attributes of one session's cookie that `setCookieAttributes` may change. */
export interface CookieOverrides {
  readonly sameSite?: "lax" | "strict" | "none" | undefined;
  readonly httpOnly?: boolean | undefined;
  readonly priority?: "low" | "medium" | "high" | undefined;
}

/** What a transport is told about the request it serves. */
export interface TransportContext {
  /** The manager's `name`. */
  readonly name: string;
  readonly head: RequestHead;
  /** The visitor's connection is https, directly or through a trusted proxy. */
  readonly secure: boolean;
  /** The request names a loopback host: localhost, *.localhost, 127.0.0.0/8 or [::1]. */
  readonly loopback: boolean;
}

/** How long a client is to keep a token, and under which of this session's own cookie attributes. */
export interface TokenDelivery {
  /** Epoch milliseconds; `undefined`: until the browser is closed. */
  readonly expiresAt: number | undefined;
  readonly now: number;
  readonly overrides: CookieOverrides | undefined;
}

/** How a token travels. `cookie()`, `header()`, `bearer()` and `query()` make one; an object of this shape will do too. */
export interface Transport {
  /** The request header that answers vary by, in `Vary` spelling. */
  readonly vary?: string | undefined;
  /** The tokens that the request carries, best guess first. No token: `undefined` or an empty list. */
  read(head: RequestHead, context: TransportContext): string | readonly string[] | undefined;
  /** Asked before anything is stored: throws when this request could not be answered with a token. */
  ready?(context: TransportContext): void;
  /** Hands the client a token. Absent: this transport never answers. */
  write?(token: string, lease: TokenDelivery, context: TransportContext): HeaderEdit[];
  /** Tells the client to forget its token. */
  clear?(overrides: CookieOverrides | undefined, context: TransportContext): HeaderEdit[];
  /** The client's `Cookie` header value for a token, for `issue()`. */
  present?(token: string, name: string, secure: boolean): string;
  /** Checked once, when the manager is made; throws `INVALID_OPTION`. */
  check?(name: string): void;
}
