import type { RequestHead } from "../../types/transport.ts";

/** Whose page made a request: one of this application, another one's, or nothing in the request tells. */
export type Sender = "own" | "foreign" | "unknown";

/** What this decision reads of a request. */
export type Head = Pick<RequestHead, "method" | "header">;

/** Methods that change nothing (RFC 9110 section 9.2.1). */
const safe: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

export const isSafe = ({ method }: Head): boolean => safe.has(method.toUpperCase());

/**
 * Returns whose page made a request. `Sec-Fetch-Site` (W3C Fetch Metadata) is the browser's own word and survives a
 * proxy that rewrites `Host`; browsers send it over https and to localhost. Otherwise `Origin` is compared with `Host`
 * (RFC 6454). Programs send neither.
 *
 * @param trusted further origins, in lower case
 */
export function senderOf(head: Head, trusted: ReadonlySet<string>): Sender {
  const site = head.header("sec-fetch-site");
  const origin = head.header("origin")?.toLowerCase();
  if (origin !== undefined && trusted.has(origin)) return "own";
  // "none": the user typed the address or opened a bookmark.
  if (site !== undefined) return site === "same-origin" || site === "none" ? "own" : "foreign";
  if (origin === undefined) return "unknown";
  const host = head.header("host")?.toLowerCase();
  const [, scheme, place] = /^(https?):\/\/(.+)$/.exec(origin) ?? [];
  if (host === undefined || place !== host) return "foreign";
  // Who sits on the network can make up pages of plain http.
  return scheme === "https" || /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host) ? "own" : "unknown";
}
