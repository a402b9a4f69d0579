import { randomText } from "#crypto";

/**
 * Generates a key for `cookieStore()`: 32 random bytes in base64url (43 characters). Keep it secret, like a password,
 * and use the same key on every server: anyone who has it can create valid sessions.
 *
 * @example
 * console.log(generateKey()); // once; then keep the output with your other secrets
 */
export function generateKey(): string {
  return randomText(32);
}
