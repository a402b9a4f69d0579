import { invalidOption } from "../types/errors.ts";
import type { Transport } from "../types/transport.ts";

/**
 * Takes the token from a parameter of the URL, for what can send nothing else. It never answers, and no token from there
 * becomes a cookie. URLs end up in logs, histories and `Referer` headers, so prefer any other transport.
 *
 * @throws SessionError INVALID_OPTION for a name that would have to be percent-encoded
 */
export function query(parameter: string): Transport {
  if (typeof parameter !== "string" || !/^[A-Za-z0-9._~-]+$/.test(parameter)) {
    throw invalidOption(
      `query(${JSON.stringify(parameter)}) cannot carry sessions: the name of the parameter may consist of A-Z a-z 0-9 . _ ~ - only, as in query("sid").`,
    );
  }
  const start = `${parameter}=`;
  return { read: ({ url }) => valueIn(url, start) };
}

/** The first value that is not empty. Nothing is decoded: neither our names nor our tokens are ever encoded. */
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
