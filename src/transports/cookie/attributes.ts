import { stringifySetCookie } from "cookie";
import { checkOverrides } from "../../core/http/cookie-overrides.ts";
import { checkKeys, type Elsewhere, type Known } from "../../core/language/known-keys.ts";
import { invalidOption } from "../../types/errors.ts";
import type { CookieAttributes } from "../../types/options.ts";
import type { CookieOverrides } from "../../types/transport.ts";

/** Cookie attributes with all defaults applied. */
export interface CookieRules {
  readonly path: string;
  readonly domain: string | undefined;
  readonly secure: boolean | "auto";
  readonly httpOnly: boolean;
  readonly sameSite: "lax" | "strict" | "none";
  readonly partitioned: boolean;
  readonly priority: CookieOverrides["priority"];
  /** Precedes the name if the cookie is Secure. Browsers reject a prefixed cookie that is not. */
  readonly prefix: "__Host-" | "__Secure-" | "";
}

/** Applies the defaults and checks all attributes. @throws SessionError INVALID_OPTION, naming the first problem */
export function cookieRules(attributes: CookieAttributes): CookieRules {
  checkKeys(attributes, known, "The cookie", invalidOption, elsewhere);
  const { path = "/", domain, secure = "auto", partitioned = false, prefix = "auto" } = attributes;
  const { httpOnly = true, sameSite = "lax", priority } = attributes;
  checkOverrides({ httpOnly, sameSite, priority });
  checkPath(path);
  checkDomain(domain);
  oneOf("secure", secure, [true, false, "auto"]);
  oneOf("partitioned", partitioned, [true, false]);
  oneOf("prefix", prefix, ["auto", "__Host-", "__Secure-", ""]);
  checkSecure(secure, sameSite, partitioned);
  const rules = { path, domain, secure, httpOnly, sameSite, partitioned, priority };
  if (prefix === "auto") return { ...rules, prefix: path === "/" && domain === undefined ? "__Host-" : "__Secure-" };
  if (prefix !== "" && secure === false) {
    throw invalidOption(`Browsers refuse a ${prefix} cookie without Secure. Leave out secure: false, or the prefix.`);
  }
  if (prefix === "__Host-" && (path !== "/" || domain !== undefined)) {
    throw invalidOption(
      'Browsers refuse a __Host- cookie with a Domain or with another Path than "/". Leave these out, or use the prefix "__Secure-".',
    );
  }
  return { ...rules, prefix };
}

function checkSecure(secure: CookieRules["secure"], sameSite: string, partitioned: boolean): void {
  const reason = sameSite === "none" ? 'sameSite: "none"' : partitioned ? "partitioned: true" : undefined;
  if (reason === undefined || secure === true) return;
  throw invalidOption(
    `Browsers refuse a cookie with ${reason} unless it is Secure, and secure is ${JSON.stringify(secure)}, which leaves Secure out over http. Set secure: true as well.`,
  );
}

const known: Known<CookieAttributes> = {
  path: true,
  domain: true,
  secure: true,
  httpOnly: true,
  sameSite: true,
  partitioned: true,
  priority: true,
  prefix: true,
};

const lifetime = "How long it lives follows from idleTimeout, absoluteTimeout and remember.";
const elsewhere: Elsewhere = {
  maxAge: lifetime,
  expires: lifetime,
  name: "The name is an option of createSessions().",
};

function oneOf(attribute: string, value: unknown, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return;
  const words = allowed.map((word) => JSON.stringify(word)).join(", ");
  throw invalidOption(`The cookie attribute ${attribute} must be one of ${words}.`);
}

/** In bytes. Browsers ignore a longer attribute (RFC 6265bis section 5.6). */
const maxAttributeLength = 1024;

function checkPath(path: unknown): void {
  const fits = typeof path === "string" && path.startsWith("/") && path.length <= maxAttributeLength;
  if (fits && canBeWritten({ path })) return;
  throw invalidOption(
    `The cookie's path must begin with "/" and hold at most ${maxAttributeLength} printable ASCII characters other than ";" and "<".`,
  );
}

function checkDomain(domain: unknown): void {
  if (domain === undefined) return;
  const fits = typeof domain === "string" && domain !== "" && domain.length <= maxAttributeLength;
  if (fits && canBeWritten({ domain })) return;
  throw invalidOption(
    'The cookie\'s domain must be a host name such as "example.com", without scheme, port, path or final dot. Leave it out for this host only.',
  );
}

function canBeWritten(attribute: { path: string } | { domain: string }): boolean {
  try {
    stringifySetCookie({ name: "name", value: "", ...attribute });
    return true;
  } catch {
    return false;
  }
}
