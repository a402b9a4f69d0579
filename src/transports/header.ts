import { invalidOption } from "../types/errors.ts";
import type { Transport } from "../types/transport.ts";
import { checkedToken, isHttpToken } from "./syntax.ts";

/** Names that HTTP, browsers or proxies already use. */
const reserved =
  /^(?:accept|age|allow|authorization|cache-control|connection|cookie2?|date|dnt|etag|expect|expires|forwarded|from|host|keep-alive|last-modified|link|location|origin|pragma|range|referer|refresh|retry-after|server|set-cookie2?|te|trailer|transfer-encoding|upgrade|user-agent|vary|via|warning|www-authenticate)$|^(?:accept|access-control|content|if|proxy|sec|x-forwarded)-/i;

/**
 * Carries the token in a custom header, such as `x-session`, for API clients: they read it from a response and send it
 * with each request. An empty value in a response means that the client must forget its token.
 *
 * @throws SessionError INVALID_OPTION if the name is not a header name, or HTTP already uses it
 */
export function header(name: string): Transport {
  if (!isHttpToken(name) || reserved.test(name)) {
    throw invalidOption(
      'header() cannot carry sessions under this name: it must be a header name (RFC 9110) that HTTP does not use otherwise, such as "x-session".',
    );
  }
  const field = name.toLowerCase();
  return {
    vary: field.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase()),
    read: (head) => head.header(field) || undefined,
    write: (token) => [{ kind: "set", name: field, value: checkedToken(token) }],
    clear: () => [{ kind: "set", name: field, value: "" }],
  };
}
