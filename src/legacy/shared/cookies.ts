import { stringifySetCookie } from "cookie";
import { invalidOption } from "../../types/errors.ts";
import type { HeaderEdit } from "../../types/transport.ts";

/** Attributes of a cookie of the old library. A browser forgets a cookie only by a line with the same path and domain. */
export interface OldCookie {
  /** @default "/" */
  readonly path?: string | undefined;
  /** @default none: that host only */
  readonly domain?: string | undefined;
  /** @default false */
  readonly secure?: boolean | undefined;
  /** @default true */
  readonly httpOnly?: boolean | undefined;
  /** @default none */
  readonly sameSite?: "lax" | "strict" | "none" | undefined;
  /** @default false */
  readonly partitioned?: boolean | undefined;
}

const verbatim = { encode: (text: string): string => text };

/** Returns the edit that makes the browser forget a cookie. */
export function expiredCookie(name: string, attributes: OldCookie): HeaderEdit {
  const { path = "/", domain, secure = false, httpOnly = true, sameSite, partitioned = false } = attributes;
  const line = { name, value: "", path, secure, httpOnly, partitioned, maxAge: 0, expires: new Date(0) };
  const all = { ...line, ...(domain !== undefined && { domain }), ...(sameSite !== undefined && { sameSite }) };
  return { kind: "cookie", name, value: stringifySetCookie(all, verbatim) };
}

/** Decodes what the old library has percent-encoded. `undefined`: it has not. */
export function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

/** Returns the edit that makes the browser forget a cookie whose attributes a row tells, which may be anything. */
export function expiredAsTold(name: string, told: OldCookie, given: OldCookie): HeaderEdit {
  try {
    return expiredCookie(name, told);
  } catch {
    return expiredCookie(name, given);
  }
}

/** @throws SessionError INVALID_OPTION if there is no such cookie */
export function checkCookie(name: string, attributes: OldCookie): void {
  try {
    expiredCookie(name, attributes);
  } catch {
    throw invalidOption("name and cookie must be those of the old library's cookie, and no cookie can have these.");
  }
}
