import type { Awaitable } from "./awaitable.ts";
import { type Bytes, concatBytes, uint32Bytes, utf8 } from "./bytes.ts";

/**
 * The bytes of a token (base64url is around them); numbers are big endian:
 *
 * sealed: version 1 · key id (4) · hour (4) · nonce (12) · ciphertext · tag (16), AES-256-GCM
 * signed: version 2 · key id (4) · hour (4) · payload · mac (32), HMAC-SHA-256
 *
 * The hour of sealing, since 1970, picks the derived key. A fresh key every hour keeps random nonces far below the 2^32
 * messages that NIST SP 800-38D section 8.3 allows for one key.
 */
export type EnvelopeKind = "sealed" | "signed";

export const KEY_ID_AT = 1;
export const HOUR_AT = 5;
export const NONCE_AT = 9;
export const NONCE_LENGTH = 12;

export const TAG_LENGTH = 16;
export const MAC_LENGTH = 32;

interface Layout {
  readonly version: number;
  /** Where the ciphertext or the payload begins. */
  readonly bodyAt: number;
  readonly shortest: number;
}

export const layouts: Readonly<Record<EnvelopeKind, Layout>> = {
  sealed: { version: 1, bodyAt: NONCE_AT + NONCE_LENGTH, shortest: NONCE_AT + NONCE_LENGTH + TAG_LENGTH },
  signed: { version: 2, bodyAt: NONCE_AT, shortest: NONCE_AT + MAC_LENGTH },
};

/** What one derived key is for. */
export interface KeyContext {
  /** HKDF salt: the hour. */
  readonly salt: Bytes;
  /** HKDF info: purpose, name, namespace and application. */
  readonly info: Bytes;
  /** The whole header, with room for the nonce where there is one, then `info`. */
  readonly associated: Bytes;
}

/** Each part after its length, so that no two lists of parts have the same bytes. */
export function bindingBytes(...parts: readonly string[]): Bytes {
  return concatBytes(
    ...parts.flatMap((part) => {
      const bytes = utf8.encode(part);
      return [uint32Bytes(bytes.length), bytes];
    }),
  );
}

export function keyContext(kind: EnvelopeKind, keyId: number, hour: number, info: Bytes): KeyContext {
  const salt = uint32Bytes(hour);
  const header = new Uint8Array(layouts[kind].bodyAt);
  header[0] = layouts[kind].version;
  header.set(uint32Bytes(keyId), KEY_ID_AT);
  header.set(salt, HOUR_AT);
  return { salt, info, associated: concatBytes(header, info) };
}

export interface MasterKey<Material> {
  /** The first 4 bytes of SHA-256("kid" ‖ key). */
  readonly id: number;
  readonly material: Material;
}

/** One derived key at work. */
export interface Envelope {
  /** The nonce is random; only test vectors give one. */
  close(text: string, nonce?: Uint8Array): Awaitable<string>;
  /** `undefined`: not authentic. The bytes have the length and the header that belong to this key. */
  open(bytes: Bytes): Awaitable<string | undefined>;
}

/** What a crypto implementation offers for tokens. */
export interface Ciphers<Material> {
  /** Strict: exactly one text for the same bytes, `undefined` for any other. */
  decode(text: string): Bytes | undefined;
  loadKey(key: Uint8Array): Awaitable<MasterKey<Material>>;
  deriveKey(kind: EnvelopeKind, master: Material, context: KeyContext): Awaitable<Envelope>;
}
