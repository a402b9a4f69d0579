import type { CacheHeaders } from "../../types/sessions.ts";
import { type Directive, directivesOf } from "./cache-control.ts";

/**
 * Fields that caches of content delivery networks and proxies put before `Cache-Control`: those of RFC 9213, whatever the
 * network's name before them, Surrogate-Control, Akamai's Edge-Control and nginx' X-Accel-Expires.
 */
const sharedField = /^(?:(?:[^ ]+-)?cdn-cache-control|surrogate-control|edge-control|x-accel-expires)$/;

export function sharedFields(headers: CacheHeaders): string[] {
  const found: string[] = [];
  for (const name of headers.names()) if (sharedField.test(name)) found.push(name);
  return found;
}

/** The value under which the caches that read this field keep nothing. */
export const closedValue = (field: string): string => (field === "x-accel-expires" ? "0" : "no-store");

/**
 * What an answer says to shared caches. `private`: keep nothing · `open`: nothing, so a cache may go by its own rules ·
 * `shared`: keep it.
 */
export function sharing(headers: CacheHeaders): "private" | "open" | "shared" {
  if (sharedFields(headers).some((field) => !isClosed(field, headers.get(field) ?? ""))) return "shared";
  const cacheControl = directivesOf(headers.get("cache-control") ?? "");
  if (closes(cacheControl)) return "private";
  const isShared = cacheControl.some(({ name }) => lifetimes.has(name)) || headers.get("expires") !== undefined;
  return isShared ? "shared" : "open";
}

/**
 * Whether the maker of an answer knew all of it before it began: its length, its entity tag, or that it never changes.
 * So it is with files, and not with what is written while it is sent.
 */
export function isDescribed(headers: CacheHeaders): boolean {
  if (headers.get("content-length") !== undefined || headers.get("etag") !== undefined) return true;
  return directivesOf(headers.get("cache-control") ?? "").some(({ name }) => name === "immutable");
}

const lifetimes: ReadonlySet<string> = new Set(["public", "s-maxage", "max-age"]);

function isClosed(field: string, value: string): boolean {
  return field === "x-accel-expires" ? /^(?:0|off)$/.test(value.trim()) : closes(directivesOf(value));
}

/** A cache that knows must-understand ignores no-store beside it (RFC 9111 section 5.2.2.3). */
function closes(directives: readonly Directive[]): boolean {
  const has = (wanted: string): boolean =>
    directives.some(({ name, fields }) => name === wanted && fields === undefined);
  return has("private") || (has("no-store") && !has("must-understand"));
}
