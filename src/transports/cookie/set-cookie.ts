import { type SetCookie, stringifySetCookie } from "cookie";
import { checkOverrides } from "../../core/http/cookie-overrides.ts";
import { invalidOption } from "../../types/errors.ts";
import type { CookieOverrides, TokenDelivery } from "../../types/transport.ts";
import type { CookieRules } from "./attributes.ts";

/** Browsers cut longer lives to 400 days (RFC 6265bis section 5.5). */
const longestLife = 400 * 24 * 60 * 60;

interface Life {
  readonly maxAge: number;
  readonly expires: Date;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly secure: boolean;
  /** `undefined`: until the browser is closed. */
  readonly life: Life | undefined;
}

/** Over before it began: the browser drops the cookie. */
export const ended: Life = { maxAge: 0, expires: new Date(0) };

export function lifeOf({ expiresAt, now }: TokenDelivery): Life | undefined {
  if (expiresAt === undefined) return undefined;
  // Up, so that the cookie never ends before its session; the server goes by its own clock anyway.
  const seconds = Math.ceil((expiresAt - now) / 1000);
  const maxAge = Math.min(Math.max(seconds, 1), longestLife);
  return { maxAge, expires: new Date(now + maxAge * 1000) };
}

/** A whole `Set-Cookie` line. @throws SessionError INVALID_OPTION for a session's own attributes that cannot be sent */
export function setCookieLine(rules: CookieRules, cookie: Cookie, overrides: CookieOverrides = {}): string {
  checkOverrides(overrides);
  const { name, value, secure, life } = cookie;
  const { sameSite = rules.sameSite, httpOnly = rules.httpOnly, priority = rules.priority } = overrides;
  if (sameSite === "none" && !secure) {
    throw invalidOption(
      'setCookieAttributes() asked for sameSite: "none", and browsers refuse such a cookie unless it is Secure. Set secure: true in the cookie attributes of createSessions().',
    );
  }
  const { path, domain, partitioned } = rules;
  // Written out: to spread these together takes longer than everything else here.
  const line: SetCookie = { name, value, path, httpOnly, secure, partitioned, sameSite };
  if (life) {
    line.maxAge = life.maxAge;
    line.expires = life.expires;
  }
  if (domain !== undefined) line.domain = domain;
  if (priority !== undefined) line.priority = priority;
  return stringifySetCookie(line, verbatim);
}

const verbatim = { encode: (text: string): string => text };
