import type { CookieOptions } from "./cookie.ts";
import type { Secret } from "./signature.ts";
import type { SessionRequest, SessionStore } from "./types.ts";

/** The options of express-session, and `failClosed`. */
export interface SessionOptions {
  /** Signs the cookie. Of several the first signs, and all verify. @default `req.secret`, from cookie-parser */
  secret?: Secret | readonly Secret[] | undefined;
  /** The name of the cookie. @default "connect.sid" */
  name?: string | undefined;
  /** The older name of `name`. */
  key?: string | undefined;
  /** @default a new MemoryStore */
  store?: SessionStore | undefined;
  /** The cookie's attributes, or a function that returns them for each new session. */
  cookie?: CookieOptions | ((req: SessionRequest) => CookieOptions) | undefined;
  /** Returns the id of a new session. @default 24 random bytes, base64url */
  genid?: ((req: SessionRequest) => string) | undefined;
  /** Stores a session that has no changes. @default true */
  resave?: boolean | undefined;
  /** Stores a new session that has no data. @default true */
  saveUninitialized?: boolean | undefined;
  /** Sends the cookie with every response. @default false */
  rolling?: boolean | undefined;
  /** Whether `X-Forwarded-Proto` tells https. @default what Express says: `req.secure` */
  proxy?: boolean | undefined;
  /** What `req.session = null` does to the row. @default "keep" */
  unset?: "keep" | "destroy" | undefined;
  /** Answers with an error, and not with the response, if the session cannot be stored. @default false */
  failClosed?: boolean | undefined;
}

/** The options, checked, with their defaults. */
export interface Config {
  /** `undefined`: the request's own. */
  readonly secrets: readonly Secret[] | undefined;
  readonly name: string;
  readonly store: SessionStore;
  readonly cookie: CookieOptions | ((req: SessionRequest) => CookieOptions);
  readonly genid: (req: SessionRequest) => string;
  readonly resave: boolean;
  readonly saveUninitialized: boolean;
  readonly rolling: boolean;
  readonly proxy: boolean | undefined;
  readonly unset: "keep" | "destroy";
  readonly failClosed: boolean;
}
