import { maxCookieBytes } from "../../core/http/cookie-size.ts";
import { invalidOption, SessionError } from "../../types/errors.ts";
import type { CookieAttributes } from "../../types/options.ts";
import type { Transport, TransportContext } from "../../types/transport.ts";
import { checkedToken, isHttpToken } from "../syntax.ts";
import { cookieRules } from "./attributes.ts";
import { cookieValues } from "./cookie-header.ts";
import { insecure, otherName, unreadOverHttp } from "./insecure.ts";
import { checkSameSite, ended, lifetimeOf, setCookieLine } from "./set-cookie.ts";

const prefixes = ["__Host-", "__Secure-", ""];

/** One more than the core tries, so that the core notices if there are too many. */
const MAX_VALUES = 4;

/**
 * Carries the token in a cookie. By default it is HttpOnly and SameSite=Lax, and over https also Secure with a
 * `__Host-` name. Setting one attribute does not change the defaults of the others.
 *
 * With `secure: "auto"` the name has its prefix only if the cookie is Secure.
 *
 * @throws SessionError INVALID_OPTION for attributes that browsers would reject. Commits fail with INSECURE_TRANSPORT
 * or COOKIE_TOO_LARGE if the cookie cannot be sent.
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
      const values = cookieValues(header, nameFor(context.name, context.secure), MAX_VALUES);
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

    checkOverrides: (overrides, { secure }) => checkSameSite(overrides, isSecure(secure)),

    write(token, delivery, context) {
      ready(context);
      const name = nameFor(context.name, context.secure);
      const size = name.length + checkedToken(token).length;
      if (size > maxCookieBytes) throw tooLarge(name, size);
      const next = { name, value: token, secure: isSecure(context.secure), lifetime: lifetimeOf(delivery) };
      return [{ kind: "cookie", name, value: setCookieLine(rules, next, delivery.overrides) }];
    },

    // A cookie is replaced by one of the same name, path and domain; the other attributes make browsers accept it.
    clear(overrides, context) {
      const name = nameFor(context.name, context.secure);
      const last = { name, value: "", secure: isSecure(context.secure), lifetime: ended };
      return [{ kind: "cookie", name, value: setCookieLine(rules, last, overrides) }];
    },

    present: (token, name, secure) => `${nameFor(name, secure)}=${token}`,
  };
}

function checkName(name: string): void {
  if (!isHttpToken(name)) {
    throw invalidOption(
      "The name of a cookie may contain only ASCII letters, digits and !#$%&'*+-.^_`|~ (RFC 6265bis). Choose another name.",
    );
  }
  if (/^__(?:host|secure|http)-/i.test(name)) {
    throw invalidOption(
      'Give the name without its prefix: the cookie attribute "prefix" puts it there where browsers accept it.',
    );
  }
}

function tooLarge(name: string, size: number): SessionError {
  return new SessionError(
    "COOKIE_TOO_LARGE",
    `The cookie ${name} would need ${size} bytes for its name and value, and browsers accept at most ${maxCookieBytes}, so it was not sent. Keep less in the session, or use a store on the server.`,
  );
}
