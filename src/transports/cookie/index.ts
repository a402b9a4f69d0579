import { maxCookieBytes } from "../../core/http/cookie-size.ts";
import { invalidOption, SessionError } from "../../types/errors.ts";
import type { CookieAttributes } from "../../types/options.ts";
import type { Transport, TransportContext } from "../../types/transport.ts";
import { checkedToken, isHttpToken } from "../syntax.ts";
import { cookieRules } from "./attributes.ts";
import { cookieValues } from "./cookie-header.ts";
import { insecure, otherName, unreadOverHttp } from "./insecure.ts";
import { ended, lifeOf, setCookieLine } from "./set-cookie.ts";

const prefixes = ["__Host-", "__Secure-", ""];

/** One more than the core tries, so that it can see that there were too many. */
const MOST_VALUES = 4;

/**
 * Keeps the token in a cookie: HttpOnly, SameSite=Lax, and over https Secure with a `__Host-` name. Each attribute may be
 * set alone, the others keep their defaults.
 *
 * With `secure: "auto"` a `__Host-` or `__Secure-` prefix stands before the name only where the cookie is Secure.
 *
 * @throws SessionError INVALID_OPTION for attributes that browsers would refuse; on writing, INSECURE_TRANSPORT and
 * COOKIE_TOO_LARGE
 */
export function cookie(attributes: CookieAttributes = {}): Transport {
  const rules = cookieRules(attributes);
  const isSecure = (https: boolean): boolean => rules.secure === true || (rules.secure === "auto" && https);
  const nameFor = (name: string, https: boolean): string => (isSecure(https) ? rules.prefix + name : name);

  const isExposed = (context: TransportContext): boolean =>
    rules.secure === "auto" && !context.secure && !context.loopback;
  const ready = (context: TransportContext): void => {
    if (isExposed(context)) throw insecure(context.head);
  };

  return {
    vary: "Cookie",
    ready,
    check: checkName,

    read(head, context) {
      const header = head.header("cookie");
      if (header === undefined) return undefined;
      const values = cookieValues(header, nameFor(context.name, context.secure), MOST_VALUES);
      return values.length > 0 && isExposed(context) ? undefined : values;
    },

    explainUnread(head, context) {
      const header = head.header("cookie");
      if (header === undefined || !header.includes(context.name)) return undefined;
      const own = nameFor(context.name, context.secure);
      const has = (name: string): boolean => cookieValues(header, name, 1).length > 0;
      if (has(own)) return unreadOverHttp(head);
      const came = prefixes.map((prefix) => prefix + context.name).find((name) => name !== own && has(name));
      return came === undefined ? undefined : otherName(own, came, context.secure, rules.secure);
    },

    write(token, lease, context) {
      ready(context);
      const name = nameFor(context.name, context.secure);
      const size = name.length + checkedToken(token).length;
      if (size > maxCookieBytes) throw tooLarge(name, size);
      const next = { name, value: token, secure: isSecure(context.secure), life: lifeOf(lease) };
      return [{ kind: "cookie", name, value: setCookieLine(rules, next, lease.overrides) }];
    },

    // What replaces a cookie is one of the same name, path and domain; the rest lets browsers accept it in its place.
    clear(overrides, context) {
      const name = nameFor(context.name, context.secure);
      const last = { name, value: "", secure: isSecure(context.secure), life: ended };
      return [{ kind: "cookie", name, value: setCookieLine(rules, last, overrides) }];
    },

    present: (token, name, secure) => `${nameFor(name, secure)}=${token}`,
  };
}

function checkName(name: string): void {
  if (!isHttpToken(name)) {
    throw invalidOption(
      "The name of a cookie may consist of ASCII letters, digits and !#$%&'*+-.^_`|~ only (RFC 6265bis). Choose another name.",
    );
  }
  if (/^__(?:host|secure|http)-/i.test(name)) {
    throw invalidOption(
      `Give the name ${JSON.stringify(name)} without its prefix: the cookie's "prefix" attribute puts it there where browsers accept it.`,
    );
  }
}

function tooLarge(name: string, size: number): SessionError {
  return new SessionError(
    "COOKIE_TOO_LARGE",
    `The cookie ${name} would take ${size} bytes of name and value, and browsers keep at most ${maxCookieBytes}, so it was not sent. Keep less in the session, or keep it in a store on the server.`,
  );
}
