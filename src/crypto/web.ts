import { decodeBase64url, encodeBase64url } from "./base64url.ts";
import { type Bytes, concatBytes, readUint32, utf8 } from "./bytes.ts";
import { type Ciphers, type Envelope, layouts, MAC_LENGTH, NONCE_AT, NONCE_LENGTH, TAG_LENGTH } from "./envelope.ts";

const hmac = { name: "HMAC", hash: "SHA-256" };
// Without ignoreBOM the decoder would remove a U+FEFF at the start of the payload.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Returns random bytes in base64url. Throws if the system's random source fails. */
export function randomText(bytes: number): string {
  return encodeBase64url(crypto.getRandomValues(new Uint8Array(bytes)));
}

/** Returns the SHA-256 of a string's UTF-8 bytes in base64url (43 characters). */
export async function sha256(text: string): Promise<string> {
  return encodeBase64url(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8.encode(text))));
}

/** Returns the HMAC-SHA-256 under a string as key, in base64url (43 characters). */
export async function hmacSha256(key: string, message: string): Promise<string> {
  const imported = await crypto.subtle.importKey("raw", utf8.encode(key), hmac, false, ["sign"]);
  return encodeBase64url(new Uint8Array(await crypto.subtle.sign("HMAC", imported, utf8.encode(message))));
}

function sealedEnvelope(key: CryptoKey, associated: Bytes): Envelope {
  const { bodyAt } = layouts.sealed;
  const withNonce = (nonce: Uint8Array) => {
    const additionalData = associated.slice();
    additionalData.set(nonce, NONCE_AT);
    const iv = additionalData.subarray(NONCE_AT, bodyAt);
    return { name: "AES-GCM", iv, additionalData, tagLength: TAG_LENGTH * 8 };
  };

  return {
    async close(payload, given) {
      const algorithm = withNonce(given ?? crypto.getRandomValues(new Uint8Array(NONCE_LENGTH)));
      const body = await crypto.subtle.encrypt(algorithm, key, utf8.encode(payload));
      return encodeBase64url(concatBytes(algorithm.additionalData.subarray(0, bodyAt), new Uint8Array(body)));
    },
    async open(bytes) {
      const algorithm = withNonce(bytes.subarray(NONCE_AT, bodyAt));
      try {
        return decoder.decode(await crypto.subtle.decrypt(algorithm, key, bytes.subarray(bodyAt)));
      } catch {
        return undefined;
      }
    },
  };
}

function signedEnvelope(key: CryptoKey, associated: Bytes): Envelope {
  const { bodyAt } = layouts.signed;
  const header = associated.subarray(0, bodyAt);

  return {
    async close(payload) {
      const body = utf8.encode(payload);
      const mac = await crypto.subtle.sign("HMAC", key, concatBytes(associated, body));
      return encodeBase64url(concatBytes(header, body, new Uint8Array(mac)));
    },
    async open(bytes) {
      const macAt = bytes.length - MAC_LENGTH;
      const body = bytes.subarray(bodyAt, macAt);
      const authentic = await crypto.subtle.verify("HMAC", key, bytes.subarray(macAt), concatBytes(associated, body));
      return authentic ? decoder.decode(body) : undefined;
    },
  };
}

export const ciphers: Ciphers<CryptoKey> = {
  decode: decodeBase64url,
  async loadKey(key) {
    const digest = await crypto.subtle.digest("SHA-256", concatBytes(utf8.encode("kid"), key));
    const material = await crypto.subtle.importKey("raw", concatBytes(key), "HKDF", false, ["deriveKey"]);
    return { id: readUint32(new Uint8Array(digest), 0), material };
  },
  async deriveKey(kind, master, { salt, info, associated }) {
    const hkdf = { name: "HKDF", hash: "SHA-256", salt, info };
    const derive = (algorithm: AesKeyGenParams | HmacKeyGenParams, usages: KeyUsage[]) =>
      crypto.subtle.deriveKey(hkdf, master, algorithm, false, usages);
    return kind === "sealed"
      ? sealedEnvelope(await derive({ name: "AES-GCM", length: 256 }, ["encrypt", "decrypt"]), associated)
      : signedEnvelope(await derive({ ...hmac, length: 256 }, ["sign", "verify"]), associated);
  },
};
