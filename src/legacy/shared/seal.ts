import { kindOf } from "../../core/language/known-keys.ts";
import { sameDigest } from "../../core/record/token.ts";
import { decodeBase64url, encodeBase64url } from "../../crypto/base64url.ts";
import { utf8 } from "../../crypto/bytes.ts";
import { invalidOption } from "../../types/errors.ts";
import type { RejectReason } from "../../types/events.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { hmac } from "./mac.ts";
import type { OldData, OldSession } from "./peer.ts";

/** One password, or several by their ids. */
export type Passwords = string | Readonly<Record<string, string>>;

/** A seal that one of the passwords made. Its content is not decrypted yet. */
export interface Seal {
  readonly password: string;
  /** When it ends, in epoch milliseconds. `undefined`: never. */
  readonly expiresAt: number | undefined;
  /** @throws an error if the content is no JSON */
  open(): Promise<unknown>;
}

/** Both clocks may differ by this much, in milliseconds. */
const tolerance = 60_000;

/**
 * Verifies a seal of iron, `Fe26.2*id*salt*iv*content*expiry*salt*mac`: its keys are derived by PBKDF2 with SHA-1 in so
 * many rounds, it is authenticated by HMAC-SHA256 and encrypted by AES-256-CBC.
 *
 * @param rounds the numbers of rounds that the old library may have used, the usual one first
 */
export async function verifySeal(
  text: string,
  passwords: Passwords,
  rounds: readonly number[],
): Promise<Seal | RejectReason> {
  const parts = text.split("*");
  const [prefix, id = "", salt = "", iv = "", content = "", expiry = "", macSalt = "", mac = ""] = parts;
  if (parts.length !== 8 || prefix !== "Fe26.2" || !/^\d{0,15}$/.test(expiry)) return "malformed";
  const password = passwordOf(passwords, id);
  if (password === undefined) return "unknown-key";
  for (const count of rounds) {
    const key = await derive(password, macSalt, count, { name: "HMAC", hash: "SHA-256" }, "sign");
    const signed = await crypto.subtle.sign("HMAC", key, utf8.encode(parts.slice(0, 6).join("*")));
    if (!sameDigest(encodeBase64url(new Uint8Array(signed)), mac)) continue;
    const expiresAt = expiry === "" ? undefined : Number(expiry);
    if (expiresAt !== undefined && expiresAt <= Date.now() - tolerance) return "expired";
    return { password, expiresAt, open: () => decrypt(password, salt, iv, content, count) };
  }
  return "forged";
}

/**
 * Returns the session that is in a seal.
 *
 * @param key what tells it from others
 * @param text the seal itself: another seal of the same session proves no right to what this one becomes
 */
export function sealedSession(
  { password }: Seal,
  key: string,
  text: string,
  data: OldData | RejectReason,
  expire: () => HeaderEdit[],
): OldSession {
  return { key, proof: text, derive: (part) => hmac("SHA-256", password, part), load: () => data, expire };
}

function passwordOf(passwords: Passwords, id: string): string | undefined {
  if (typeof passwords === "string") return passwords;
  const known = id === "" ? "default" : id;
  return Object.hasOwn(passwords, known) ? passwords[known] : undefined;
}

async function decrypt(password: string, salt: string, iv: string, content: string, rounds: number): Promise<unknown> {
  const [nonce, bytes] = [decodeBase64url(iv), decodeBase64url(content)];
  if (!nonce || !bytes) throw new TypeError("The content of the seal is not base64url.");
  const key = await derive(password, salt, rounds, { name: "AES-CBC" }, "decrypt");
  const text = await crypto.subtle.decrypt({ name: "AES-CBC", iv: nonce }, key, bytes);
  return JSON.parse(new TextDecoder().decode(text));
}

async function derive(
  password: string,
  salt: string,
  iterations: number,
  use: { readonly name: string; readonly hash?: string },
  usage: "sign" | "decrypt",
): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", utf8.encode(password), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-1", salt: utf8.encode(salt), iterations };
  const bits = await crypto.subtle.deriveBits(how, material, 256);
  return crypto.subtle.importKey("raw", bits, use, false, [usage]);
}

/** @throws SessionError INVALID_OPTION */
export function checkPasswords(passwords: Passwords): Passwords {
  const list: unknown[] = typeof passwords === "object" && passwords !== null ? Object.values(passwords) : [passwords];
  if (list.length > 0 && list.every((one) => typeof one === "string" && one !== "")) return passwords;
  throw invalidOption(
    `password must be the old library's own: a text, or texts by their ids. It is ${kindOf(passwords)}.`,
  );
}
