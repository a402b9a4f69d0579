import { randomBytes, webcrypto } from "node:crypto";
import { CompactEncrypt, compactDecrypt } from "jose";
import type { Sealer } from "./sealer.ts";

const key = await webcrypto.subtle.importKey("raw", randomBytes(32), "AES-GCM", false, ["encrypt", "decrypt"]);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** JWE in compact form, `dir` and `A256GCM`. */
export const jose: Sealer = {
  name: "jose",
  seal: (text) =>
    new CompactEncrypt(encoder.encode(text)).setProtectedHeader({ alg: "dir", enc: "A256GCM" }).encrypt(key),
  async unseal(token) {
    const { plaintext } = await compactDecrypt(token, key);
    return decoder.decode(plaintext);
  },
};
