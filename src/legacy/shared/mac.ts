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

/** Returns the secret that made this MAC of a text, given in base64url without padding. Compares in constant time. */
export async function signerOf(
  hash: "SHA-1" | "SHA-256",
  secrets: readonly Secret[],
  text: string,
  mac: string,
): Promise<Secret | undefined> {
  const macs = await Promise.all(secrets.map((secret) => hmac(hash, secret, text)));
  return secrets[macs.findIndex((one) => sameDigest(one, mac))];
}

/** Turns base64 into base64url without padding. */
export const urlSafe = (text: string): string => text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
