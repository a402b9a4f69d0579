import { invalidOption } from "../types/errors.ts";
import { decodeBase64url } from "./base64url.ts";

const KEY_LENGTH = 32;
const HOW_TO =
  'A key is 32 random bytes, written as 43 characters of base64url or 64 of hex; make one with generateKey() from "coatcheck", or with `openssl rand -hex 32`.';

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function decodeKey(text: string): Uint8Array | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return fromHex(text);
  const bytes = decodeBase64url(text);
  return bytes?.length === KEY_LENGTH ? bytes : undefined;
}

/** Returns true for "aaaa…", "abab…" and the like, which random bytes never contain. */
function repeatsItself(bytes: Uint8Array): boolean {
  return [1, 2, 4, 8, 16].some((period) => bytes.every((byte, at) => byte === bytes[at % period]));
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.every((byte, at) => byte === other[at]);
}

/** Describes what is wrong with a key, without revealing more than its length. */
function misspelling(text: string): string {
  if (text.includes(",")) return `has ${text.length} characters and a comma in it: give several keys as a list`;
  if (text !== text.trim()) return `has ${text.length} characters and white space around it`;
  if (text.length === 44 && text.endsWith("=")) return "is padded base64, which is not base64url";
  if (text.length === 43) return "has 43 characters, but is not the base64url of 32 bytes";
  if (text.length === 64) return "has 64 characters, but not all of them are hex";
  return `has ${text.length} characters`;
}

/**
 * Returns the bytes of each key, in order. Messages name a key by its position and never print it.
 *
 * @param where what the keys are for, as in "cookieStore"
 * @throws SessionError INVALID_OPTION
 */
export function parseKeys(keys: string | readonly string[], where: string): Uint8Array[] {
  const texts: readonly unknown[] = Array.isArray(keys) ? keys : [keys];
  if (texts.length === 0) throw invalidOption(`${where} was given an empty list of keys, so it cannot seal. ${HOW_TO}`);
  const parsed: Uint8Array[] = [];
  for (const [at, text] of texts.entries()) {
    const which = `${where}: key ${at + 1} of ${texts.length}`;
    if (typeof text !== "string")
      throw invalidOption(`${which} is ${text === null ? "null" : typeof text}, not text. ${HOW_TO}`);
    if (text === "") throw invalidOption(`${which} is empty. ${HOW_TO}`);
    const key = decodeKey(text);
    if (key === undefined) throw invalidOption(`${which} ${misspelling(text)}. ${HOW_TO}`);
    if (repeatsItself(key)) throw invalidOption(`${which} repeats itself, so it is not random. ${HOW_TO}`);
    const twin = parsed.findIndex((earlier) => sameBytes(earlier, key));
    if (twin !== -1) throw invalidOption(`${which} is the same as key ${twin + 1}. Remove one of them.`);
    parsed.push(key);
  }
  return parsed;
}
