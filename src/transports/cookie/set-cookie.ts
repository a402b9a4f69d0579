import { type SetCookie, stringifySetCookie } from "cookie";
import { checkOverrides } from "../../core/http/cookie-overrides.ts";
import { invalidOption } from "../../types/errors.ts";
import type { CookieOverrides, TokenDelivery } from "../../types/transport.ts";
import type { CookieRules } from "./attributes.ts";

/** In seconds. Browsers shorten longer lifetimes to 400 days (RFC 6265bis section 5.5). */
const maxLifetime = 400 * 24 * 60 * 60;

interface Lifetime {
  readonly maxAge: number;
  readonly expires: Date;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly secure: boolean;
  /** `undefined`: until the browser closes. */
  readonly lifetime: Lifetime | undefined;
}

/** A lifetime that has ended, so that the browser deletes the cookie. */
export const ended: Lifetime = { maxAge: 0, expires: new Date(0) };

export function lifetimeOf({ expiresAt, now }: TokenDelivery): Lifetime | undefined {
  if (expiresAt === undefined) return undefined;
  // Rounded up, so that the cookie never ends before its session. The server checks the exact time itself.
  const seconds = Math.ceil((expiresAt - now) / 1000);
  const maxAge = Math.min(Math.max(seconds, 1), maxLifetime);
  return { maxAge, expires: new Date(now + maxAge * 1000) };
}

/** @throws SessionError INVALID_OPTION if browsers would refuse a cookie with these attributes */
export function checkSameSite({ sameSite }: CookieOverrides, secure: boolean): void {
  if (sameSite !== "none" || secure) return;
  throw invalidOption(
    'setCookieAttributes() was given sameSite: "none", which browsers refuse unless the cookie is Secure. Nothing was stored. Set secure: true in the cookie attributes of createSessions().',
  );
}

/**
 * Returns a `Set-Cookie` line. A stored `sameSite: "none"` that this response cannot carry gives way to the manager's, so that
 * it never makes a session unusable.
 *
 * @throws SessionError INVALID_OPTION for stored attributes that are none
 */
export function setCookieLine(rules: CookieRules, cookie: Cookie, overrides: CookieOverrides = {}): string {
  checkOverrides(overrides);
  const { name, value, secure, lifetime } = cookie;
  const { httpOnly = rules.httpOnly, priority = rules.priority } = overrides;
  const isRefused = overrides.sameSite === "none" && !secure;
  const sameSite = (isRefused ? undefined : overrides.sameSite) ?? rules.sameSite;
  const { path, domain, partitioned } = rules;
  // Written out, because spreading the objects would take longer than the rest of this function.
  const line: SetCookie = { name, value, path, httpOnly, secure, partitioned, sameSite };
  if (lifetime) {
    line.maxAge = lifetime.maxAge;
    line.expires = lifetime.expires;
  }
  if (domain !== undefined) line.domain = domain;
  if (priority !== undefined) line.priority = priority;
  return stringifySetCookie(line, verbatim);
}

const verbatim = { encode: (text: string): string => text };
