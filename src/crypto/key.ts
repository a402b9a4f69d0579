import { randomText } from "#crypto";

/**
 * A new key for `cookieStore`: 32 random bytes in base64url (43 characters). Keep it as you keep a password, the same
 * one on every server: whoever has it can make sessions.
 */
export function generateKey(): string {
  return randomText(32);
}
