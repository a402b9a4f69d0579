import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto";

/** A key of the cookie's signature. */
export type Secret = string | Uint8Array | KeyObject;

/** What a signed value begins with, so that it is told from a value that nobody signed. */
const MARK = "s:";

const macOf = (value: string, secret: Secret): string =>
  createHmac("sha256", secret).update(value).digest("base64").replace(/=+$/, "");

/** Returns the value of the cookie for an id: `s:<id>.<HMAC-SHA256, base64 without padding>`. */
export const sign = (id: string, secret: Secret): string => `${MARK}${id}.${macOf(id, secret)}`;

export const isSigned = (value: unknown): value is string => typeof value === "string" && value.startsWith(MARK);

/** Returns the id in a signed value; `undefined` if none of the secrets signed it. */
export function unsign(value: string, secrets: readonly Secret[]): string | undefined {
  const dot = value.lastIndexOf(".");
  if (dot < MARK.length) return undefined;
  const id = value.slice(MARK.length, dot);
  const presented = Buffer.from(value.slice(dot + 1));
  const isBy = (secret: Secret): boolean => {
    const expected = Buffer.from(macOf(id, secret));
    return expected.length === presented.length && timingSafeEqual(expected, presented);
  };
  return secrets.some(isBy) ? id : undefined;
}
