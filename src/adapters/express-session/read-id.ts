import { parseCookie } from "cookie";
import { isSigned, type Secret, unsign } from "./signature.ts";
import type { SessionRequest } from "./types.ts";

/**
 * Returns the id that the client presents, if it is signed. The header goes first, then what cookie-parser left on the
 * request.
 */
export function readId(req: SessionRequest, name: string, secrets: readonly Secret[]): string | undefined {
  const { cookie } = req.headers;
  return (
    (cookie && unsigned(parseCookie(cookie)[name], secrets)) ||
    text(req.signedCookies?.[name]) ||
    unsigned(req.cookies?.[name], secrets)
  );
}

const unsigned = (value: unknown, secrets: readonly Secret[]): string | undefined =>
  isSigned(value) ? unsign(value, secrets) : undefined;

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
