import { invalidOption } from "../types/errors.ts";
import type { Transport } from "../types/transport.ts";
import { checkedToken, isHttpToken } from "./syntax.ts";

/** Names that mean something to HTTP, browsers or proxies already. */
const taken =
  /^(?:accept|age|allow|authorization|cache-control|connection|cookie2?|date|dnt|etag|expect|expires|forwarded|from|host|keep-alive|last-modified|link|location|origin|pragma|range|referer|refresh|retry-after|server|set-cookie2?|te|trailer|transfer-encoding|upgrade|user-agent|vary|via|warning|www-authenticate)$|^(?:accept|access-control|content|if|proxy|sec|x-forwarded)-/i;

/**
 * Keeps the token in a header of its own, such as `x-session`, for clients that are programs: they read it from a response
 * and send it with each request. An empty one in a response means: forget it.
 *
 * @throws SessionError INVALID_OPTION for a name that cannot be a header's, or that HTTP uses otherwise
 */
export function header(name: string): Transport {
  if (!isHttpToken(name) || taken.test(name)) {
    throw invalidOption(
      `header(${JSON.stringify(name)}) cannot carry sessions: the name must be a header name (RFC 9110) that HTTP does not use otherwise, such as "x-session".`,
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
