import { type Bytes, utf8 } from "./bytes.ts";

const alphabet = utf8.encode("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
const ascii = new TextDecoder();
const INVALID = 64;
const values = new Uint8Array(128).fill(INVALID);
for (const [value, code] of alphabet.entries()) values[code] = value;

/** Encodes bytes as base64url (RFC 4648 section 5), without padding. */
export function encodeBase64url(bytes: Uint8Array): string {
  const codes = new Uint8Array(Math.ceil((bytes.length * 4) / 3));
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    // A last group of fewer than three bytes writes past the end, which a typed array ignores.
    for (let shift = 18; shift >= 0; shift -= 6) codes[at++] = alphabet[(group >> shift) & 63]!;
  }
  return ascii.decode(codes);
}

/**
 * Decodes base64url strictly, so that each byte sequence has exactly one encoding. Returns `undefined` for padding,
 * another alphabet, white space, or unused bits that are set in the last character.
 */
export function decodeBase64url(text: string): Bytes | undefined {
  const tail = text.length % 4;
  if (tail === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let at = 0;
  let group = 0;
  for (let i = 0; i < text.length; i++) {
    const value = values[text.charCodeAt(i)] ?? INVALID;
    if (value === INVALID) return undefined;
    group = (group << 6) | value;
    if (i % 4 === 3) {
      bytes[at++] = group >> 16;
      bytes[at++] = group >> 8;
      bytes[at++] = group;
      group = 0;
    }
  }
  if (tail === 2) {
    if ((group & 0x0f) !== 0) return undefined;
    bytes[at] = group >> 4;
  }
  if (tail === 3) {
    if ((group & 0x03) !== 0) return undefined;
    bytes[at++] = group >> 10;
    bytes[at] = group >> 2;
  }
  return bytes;
}
