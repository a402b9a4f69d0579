import type { Awaitable } from "./awaitable.ts";
import { type Bytes, concatBytes, uint32Bytes, utf8 } from "./bytes.ts";

/**
 * The bytes of a token before base64url encoding. Numbers are big endian:
 *
 * sealed: version 1 · key id (4) · hour (4) · nonce (12) · ciphertext · tag (16), AES-256-GCM
 * signed: version 2 · key id (4) · hour (4) · payload · mac (32), HMAC-SHA-256
 *
 * The hour of sealing, counted from 1970, selects the derived key. A fresh key every hour keeps random nonces far below
 * the 2^32 messages that NIST SP 800-38D section 8.3 allows for one key.
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
  /** The offset of the ciphertext or the payload. */
  readonly bodyAt: number;
  readonly shortest: number;
}

export const layouts: Readonly<Record<EnvelopeKind, Layout>> = {
  sealed: { version: 1, bodyAt: NONCE_AT + NONCE_LENGTH, shortest: NONCE_AT + NONCE_LENGTH + TAG_LENGTH },
  signed: { version: 2, bodyAt: NONCE_AT, shortest: NONCE_AT + MAC_LENGTH },
};

/** The inputs of one derived key. */
export interface KeyContext {
  /** HKDF salt: the hour. */
  readonly salt: Bytes;
  /** HKDF info: purpose, name, namespace and application. */
  readonly info: Bytes;
  /** The whole header, with space for a nonce if the kind has one, then `info`. */
  readonly associated: Bytes;
}

/** Joins the parts, each after its length, so that no two lists of parts have the same bytes. */
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

/** Seals and opens tokens under one derived key. */
export interface Envelope {
  /** Seals a string, under a new nonce unless one is given, which only test vectors do. */
  close(text: string, nonce?: Uint8Array): Awaitable<string>;
  /** Opens a token, or returns `undefined` if it is not authentic. The caller has checked length and header. */
  open(bytes: Bytes): Awaitable<string | undefined>;
}

/** The operations on tokens that each crypto implementation provides. */
export interface Ciphers<Material> {
  /** Decodes base64url strictly: returns `undefined` unless the string is the only encoding of its bytes. */
  decode(text: string): Bytes | undefined;
  loadKey(key: Uint8Array): Awaitable<MasterKey<Material>>;
  deriveKey(kind: EnvelopeKind, master: Material, context: KeyContext): Awaitable<Envelope>;
}
