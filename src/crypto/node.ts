import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hash,
  hkdfSync,
  type KeyObject,
  timingSafeEqual,
} from "node:crypto";
import type { Bytes } from "./bytes.ts";
import { type Ciphers, type Envelope, layouts, MAC_LENGTH, NONCE_AT, TAG_LENGTH } from "./envelope.ts";

/** Returns random bytes in base64url. Throws if the system's random source fails. */
export function randomText(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("base64url");
}

/** Returns the SHA-256 of a string's UTF-8 bytes in base64url (43 characters). */
export function sha256(text: string): string {
  return hash("sha256", text, "base64url");
}

/** Returns the HMAC-SHA-256 under a string as key, in base64url (43 characters). */
export function hmacSha256(key: string, message: string): string {
  return createHmac("sha256", key).update(message).digest("base64url");
}

let secret: string | undefined;
let sealed = 0;

/**
 * Makes a nonce of a secret of this process, a counter and the text. A random one takes twice as long. And a process that
 * is restored twice from one snapshot may draw the same random one in both; here the same nonce means the same text.
 */
function writeNonce(nonce: Uint8Array, text: string): void {
  secret ??= randomText(32);
  const digest = hash("sha256", `${secret} ${sealed++} ${text}`, "binary");
  for (let at = 0; at < nonce.length; at++) nonce[at] = digest.charCodeAt(at);
}

/** All calls are synchronous, so they share one copy of the header and binding. Each writes its nonce into it. */
function sealedEnvelope(key: KeyObject, associated: Bytes): Envelope {
  const { bodyAt } = layouts.sealed;
  const header = associated.subarray(0, bodyAt);
  const nonce = associated.subarray(NONCE_AT, bodyAt);
  // Without authTagLength, Node accepts tags of 4 bytes.
  const options = { authTagLength: TAG_LENGTH };

  return {
    close(text, given) {
      if (given === undefined) writeNonce(nonce, text);
      else nonce.set(given);
      const cipher = createCipheriv("aes-256-gcm", key, nonce, options).setAAD(associated);
      const body = cipher.update(text, "utf8");
      cipher.final();
      const bytes = Buffer.allocUnsafe(bodyAt + body.length + TAG_LENGTH);
      bytes.set(header);
      bytes.set(body, bodyAt);
      bytes.set(cipher.getAuthTag(), bodyAt + body.length);
      return bytes.toString("base64url");
    },
    open(bytes) {
      const tagAt = bytes.length - TAG_LENGTH;
      nonce.set(bytes.subarray(NONCE_AT, bodyAt));
      const decipher = createDecipheriv("aes-256-gcm", key, nonce, options).setAAD(associated);
      decipher.setAuthTag(bytes.subarray(tagAt));
      const body = decipher.update(bytes.subarray(bodyAt, tagAt));
      try {
        decipher.final();
      } catch {
        return undefined;
      }
      return body.toString("utf8");
    },
  };
}

function signedEnvelope(key: KeyObject, associated: Bytes): Envelope {
  const { bodyAt } = layouts.signed;
  const header = associated.subarray(0, bodyAt);
  const macOf = (payload: Uint8Array) => createHmac("sha256", key).update(associated).update(payload).digest();

  return {
    close(text) {
      const macAt = bodyAt + Buffer.byteLength(text);
      const bytes = Buffer.allocUnsafe(macAt + MAC_LENGTH);
      bytes.set(header);
      bytes.write(text, bodyAt, "utf8");
      bytes.set(macOf(bytes.subarray(bodyAt, macAt)), macAt);
      return bytes.toString("base64url");
    },
    open(bytes) {
      const macAt = bytes.length - MAC_LENGTH;
      const payload = Buffer.from(bytes.buffer, bytes.byteOffset + bodyAt, macAt - bodyAt);
      return timingSafeEqual(macOf(payload), bytes.subarray(macAt)) ? payload.toString("utf8") : undefined;
    },
  };
}

export const ciphers: Ciphers<KeyObject> = {
  decode(text) {
    const bytes = Buffer.from(text, "base64url");
    // Buffer ignores invalid characters, so compare with the canonical encoding.
    return bytes.toString("base64url") === text ? bytes : undefined;
  },
  loadKey: (key) => ({
    id: createHash("sha256").update("kid").update(key).digest().readUInt32BE(),
    material: createSecretKey(key),
  }),
  deriveKey(kind, master, { salt, info, associated }) {
    const key = createSecretKey(Buffer.from(hkdfSync("sha256", master, salt, info, 32)));
    return kind === "sealed" ? sealedEnvelope(key, associated) : signedEnvelope(key, associated);
  },
};
