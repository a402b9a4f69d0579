import type { CacheHeaders } from "../../types/outcome.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { withPrivate } from "./cache-control.ts";
import { closedValue, sharedFields } from "./cache-fields.ts";
import { splitHeaderList } from "./header-list.ts";

/** The headers of a response that is not sent yet, in any framework's representation. */
export interface HeaderTarget extends CacheHeaders {
  /** Sets a header, in place of all its earlier lines. */
  set(name: string, value: string): void;
  /** Returns all `Set-Cookie` lines. */
  getSetCookie(): readonly string[];
  /** Replaces all `Set-Cookie` lines by these. */
  setSetCookie(lines: readonly string[]): void;
}

/** Adapts a `Headers` object for `editHeaders()`. */
export function headersTarget(headers: Headers): HeaderTarget {
  return {
    get: (name) => headers.get(name) ?? undefined,
    names: () => headers.keys(),
    set: (name, value) => headers.set(name, value),
    getSetCookie: () => headers.getSetCookie(),
    setSetCookie: (lines) => {
      headers.delete("set-cookie");
      for (const line of lines) headers.append("set-cookie", line);
    },
  };
}

/** Applies the edits of a commit to response headers. Leaves all other headers of the application unchanged. */
export function editHeaders(target: HeaderTarget, edits: readonly HeaderEdit[]): void {
  for (const edit of edits) apply[edit.kind](target, edit);
}

const apply: { readonly [K in HeaderEdit["kind"]]: (target: HeaderTarget, edit: HeaderEdit) => void } = {
  // A response must not have two lines for one cookie name (RFC 6265bis section 4.1.1).
  cookie: (target, { name, value }) => {
    const others = target.getSetCookie().filter((line) => cookieName(line) !== name);
    target.setSetCookie([...others, value]);
  },
  set: (target, { name, value }) => target.set(name, value),
  vary: (target, { value }) => target.set("vary", withVary(target.get("vary") ?? "", value)),
  private: (target, { value }) => {
    target.set("cache-control", withPrivate(target.get("cache-control") ?? "", value));
    for (const field of sharedFields(target)) target.set(field, closedValue(field));
  },
};

function cookieName(line: string): string | undefined {
  const [pair = ""] = line.split(";", 1);
  const equals = pair.indexOf("=");
  return equals === -1 ? undefined : pair.slice(0, equals).trim();
}

function withVary(vary: string, name: string): string {
  const names = splitHeaderList(vary.toLowerCase(), ",");
  if (names.includes("*") || names.includes(name.toLowerCase())) return vary;
  return names.length === 0 ? name : `${vary}, ${name}`;
}
