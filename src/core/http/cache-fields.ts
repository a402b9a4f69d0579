import type { CacheHeaders } from "../../types/outcome.ts";
import { type Directive, directivesOf } from "./cache-control.ts";

/**
 * Headers that CDN and proxy caches prefer to `Cache-Control`: CDN-Cache-Control with any vendor prefix (RFC 9213),
 * Surrogate-Control, Akamai's Edge-Control and nginx's X-Accel-Expires.
 */
const sharedField = /^(?:(?:[^ ]+-)?cdn-cache-control|surrogate-control|edge-control|x-accel-expires)$/;

export function sharedFields(headers: CacheHeaders): string[] {
  const found: string[] = [];
  for (const name of headers.names()) if (sharedField.test(name)) found.push(name);
  return found;
}

/** Returns the value of the header that makes its caches store nothing. */
export const closedValue = (field: string): string => (field === "x-accel-expires" ? "0" : "no-store");

/**
 * Returns what the response tells shared caches. `private`: store nothing · `open`: nothing, so a cache may apply
 * heuristics · `shared`: store it.
 */
export function sharing(headers: CacheHeaders): "private" | "open" | "shared" {
  if (sharedFields(headers).some((field) => !isClosed(field, headers.get(field) ?? ""))) return "shared";
  const cacheControl = directivesOf(headers.get("cache-control") ?? "");
  if (closes(cacheControl)) return "private";
  const isShared = cacheControl.some(({ name }) => lifetimes.has(name)) || headers.get("expires") !== undefined;
  return isShared ? "shared" : "open";
}

/**
 * Returns whether the response was complete before it started: it has a length, an entity tag, or is immutable. True of
 * files, false of responses that are generated while they are sent.
 */
export function isDescribed(headers: CacheHeaders): boolean {
  if (headers.get("content-length") !== undefined || headers.get("etag") !== undefined) return true;
  return directivesOf(headers.get("cache-control") ?? "").some(({ name }) => name === "immutable");
}

const lifetimes: ReadonlySet<string> = new Set(["public", "s-maxage", "max-age"]);

function isClosed(field: string, value: string): boolean {
  return field === "x-accel-expires" ? /^(?:0|off)$/.test(value.trim()) : closes(directivesOf(value));
}

/** A cache that implements must-understand ignores no-store beside it (RFC 9111 section 5.2.2.3). */
function closes(directives: readonly Directive[]): boolean {
  const has = (wanted: string): boolean =>
    directives.some(({ name, fields }) => name === wanted && fields === undefined);
  return has("private") || (has("no-store") && !has("must-understand"));
}
