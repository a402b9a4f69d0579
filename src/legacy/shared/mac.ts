import { sameDigest } from "../../core/record/token.ts";
import { encodeBase64url } from "../../crypto/base64url.ts";
import { type Bytes, utf8 } from "../../crypto/bytes.ts";

/** A key of a signature. */
export type Secret = string | Uint8Array;

const bytesOf = (secret: Secret): Bytes => (typeof secret === "string" ? utf8.encode(secret) : new Uint8Array(secret));

/** Returns an HMAC in base64url, without padding. */
export async function hmac(hash: "SHA-1" | "SHA-256", secret: Secret, text: string): Promise<string> {
  const key = await crypto.subtle.importKey("raw", bytesOf(secret), { name: "HMAC", hash }, false, ["sign"]);
  return encodeBase64url(new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8.encode(text))));
}

/** Whether one of the secrets made this MAC of a text, given in base64url without padding. Compares in constant time. */
export async function isSigned(
  hash: "SHA-1" | "SHA-256",
  secrets: readonly Secret[],
  text: string,
  mac: string,
): Promise<boolean> {
  const macs = await Promise.all(secrets.map((secret) => hmac(hash, secret, text)));
  return macs.some((one) => sameDigest(one, mac));
}

/** Turns base64 into base64url without padding. */
export const urlSafe = (text: string): string => text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

/** Turns base64url without padding into base64 without padding. */
export const urlUnsafe = (text: string): string => text.replaceAll("-", "+").replaceAll("_", "/");
