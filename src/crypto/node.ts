import { createHmac, hash } from "node:crypto";

/** Random bytes in base64url. Throws when the system's random source does. */
export function randomText(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("base64url");
}

/** SHA-256 of a text's UTF-8 bytes, in base64url (43 characters). */
export function sha256(text: string): string {
  return hash("sha256", text, "base64url");
}

/** HMAC-SHA-256 with a text as key, in base64url (43 characters). */
export function hmacSha256(key: string, message: string): string {
  return createHmac("sha256", key).update(message).digest("base64url");
}
