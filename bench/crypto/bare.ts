import { createCipheriv, createDecipheriv, createSecretKey, getRandomValues, randomBytes } from "node:crypto";
import type { Sealer } from "./sealer.ts";

const key = createSecretKey(randomBytes(32));
/** As many bytes as a sealed session has before its ciphertext, and in what it is bound to. */
const header = 9;
const nonceLength = 12;
const tagLength = 16;
const associated = randomBytes(header + nonceLength + 26);

const stock = new Uint8Array(nonceLength * 256);
let used = stock.length;

/** Nonces are drawn in bulk: a floor that draws for each message would flatter what is measured beside it. */
function takeNonce(): Uint8Array {
  if (used === stock.length) {
    getRandomValues(stock);
    used = 0;
  }
  used += nonceLength;
  return stock.subarray(used - nonceLength, used);
}

/** The floor: AES-256-GCM with a key at hand, a nonce from a stock, associated data, and base64url. */
export const bareCrypto: Sealer = {
  name: "node:crypto",
  seal(text) {
    const nonce = takeNonce();
    const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: tagLength });
    cipher.setAAD(associated);
    const body = cipher.update(text, "utf8");
    cipher.final();
    const start = associated.subarray(0, header);
    return Buffer.concat([start, nonce, body, cipher.getAuthTag()]).toString("base64url");
  },
  unseal(token) {
    const bytes = Buffer.from(token, "base64url");
    const bodyAt = header + nonceLength;
    const tagAt = bytes.length - tagLength;
    const nonce = bytes.subarray(header, bodyAt);
    const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tagLength });
    decipher.setAAD(associated).setAuthTag(bytes.subarray(tagAt));
    const text = decipher.update(bytes.subarray(bodyAt, tagAt), undefined, "utf8");
    return text + decipher.final("utf8");
  },
};
