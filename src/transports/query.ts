import { invalidOption } from "../types/errors.ts";
import type { Transport } from "../types/transport.ts";

/**
 * Reads the token from a query parameter of the URL, for clients that can send nothing else. It never sends one, and a
 * token from the URL never becomes a cookie. URLs end up in logs, histories and `Referer` headers, so prefer any other
 * transport.
 *
 * @throws SessionError INVALID_OPTION if the name would need percent-encoding
 */
export function query(parameter: string): Transport {
  if (typeof parameter !== "string" || !/^[A-Za-z0-9._~-]+$/.test(parameter)) {
    throw invalidOption(
      'query() cannot carry sessions under this name: the name of a parameter may consist of A-Z a-z 0-9 . _ ~ - only, as in query("sid").',
    );
  }
  const start = `${parameter}=`;
  return { read: ({ url }) => valueIn(url, start) };
}

/**
 * Returns the first non-empty value. Decodes nothing, because neither the parameter's name nor a token needs encoding.
 */
function valueIn(url: string, start: string): string | undefined {
  const question = url.indexOf("?");
  if (question === -1) return undefined;
  const fragment = url.indexOf("#");
  const end = fragment === -1 ? url.length : fragment;
  let at = question + 1;
  while (at < end) {
    const ampersand = url.indexOf("&", at);
    const next = ampersand === -1 || ampersand > end ? end : ampersand;
    if (url.startsWith(start, at) && next > at + start.length) return url.slice(at + start.length, next);
    at = next + 1;
  }
  return undefined;
}
