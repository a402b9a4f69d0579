import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeBase64url, encodeBase64url } from "../../src/crypto/base64url.ts";
import type { Ciphers, EnvelopeKind } from "../../src/crypto/envelope.ts";
import { generateKey } from "../../src/crypto/key.ts";
import * as node from "../../src/crypto/node.ts";
import { createSealer, loadKeyring, type Opened, type Sealer } from "../../src/crypto/sealer.ts";
import * as web from "../../src/crypto/web.ts";

interface Vector {
  title: string;
  key: number;
  purpose: string;
  name: string;
  namespace: string;
  application: string;
  now: number;
  nonce?: string;
  text: string;
  token: string;
}
interface Refusal {
  title: string;
  token: string;
  reason: string;
}
interface Sealing extends Record<EnvelopeKind, { valid: Vector[]; refused: Refusal[] }> {
  keys: string[];
  absoluteTimeout: number;
}
interface Hashing {
  sha256: { text: string; hash: string }[];
  hmacSha256: { key: string; message: string; mac: string }[];
}

const readVectors = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../vectors/${file}`, import.meta.url), "utf8"));
const sealing = readVectors("sealing.json") as Sealing;
const hashing = readVectors("hashing.json") as Hashing;
const keys = sealing.keys.map((key) => Buffer.from(key, "base64url"));
const { absoluteTimeout } = sealing;
const bound = { name: "session", namespace: "session", application: "" };
const kinds: EnvelopeKind[] = ["sealed", "signed"];

type Implementation = typeof node | typeof web;
const implementations: [string, Implementation][] = [
  ["node:crypto", node],
  ["Web Crypto", web],
];

interface Use {
  purpose?: string;
  keys?: Uint8Array[];
}

async function sealerOf<Material>(ciphers: Ciphers<Material>, kind: EnvelopeKind, use: Use = {}): Promise<Sealer> {
  const { purpose = "session" } = use;
  return createSealer(ciphers, await loadKeyring(ciphers, use.keys ?? keys), { kind, purpose });
}

function makeSealer({ ciphers }: Implementation, kind: EnvelopeKind, use?: Use): Promise<Sealer> {
  return sealerOf(ciphers as Ciphers<unknown>, kind, use);
}

describe.each(implementations)("%s", (_, implementation) => {
  test("B33: hashes are those of the vectors", async () => {
    for (const { text, hash } of hashing.sha256) expect(await implementation.sha256(text)).toBe(hash);
    for (const { key, message, mac } of hashing.hmacSha256) {
      expect(await implementation.hmacSha256(key, message)).toBe(mac);
    }
  });

  test("B33: HMAC-SHA-256 is that of RFC 4231, test case 2", async () => {
    const mac = await implementation.hmacSha256("Jefe", "what do ya want for nothing?");
    expect(Buffer.from(mac, "base64url").toString("hex")).toBe(
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
  });

  test("B5: random text has the bits asked for, is URL-safe and never the same", () => {
    const texts = Array.from({ length: 1000 }, () => implementation.randomText(32));
    expect(new Set(texts).size).toBe(1000);
    for (const text of texts) expect(text).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(implementation.randomText(16)).toHaveLength(22);
  });

  describe.each(kinds)("%s tokens", (kind) => {
    const { valid, refused } = sealing[kind];

    test.each(valid)("B33: the sealer seals to and opens the vector: $title", async (vector) => {
      const { purpose, name, namespace, application, now, text, token } = vector;
      const binding = { name, namespace, application, now, absoluteTimeout };
      const nonce = vector.nonce === undefined ? undefined : Buffer.from(vector.nonce, "hex");
      const sealer = await makeSealer(implementation, kind, { purpose, keys: [keys[vector.key]!] });
      expect(await sealer.seal(text, binding, nonce)).toBe(token);
      expect(await sealer.unseal(token, binding)).toEqual({ text, stale: false });
    });

    test.each(refused)("B33: the sealer refuses the vector: $title", async ({ token, reason }) => {
      const sealer = await makeSealer(implementation, kind);
      const { name, namespace, application, now } = valid[0]!;
      expect(await sealer.unseal(token, { name, namespace, application, now, absoluteTimeout })).toEqual({
        refused: reason,
      });
    });

    test("B30: no bit can be changed, no byte removed, inserted or cut off", async () => {
      const sealer = await makeSealer(implementation, kind);
      const { name, namespace, application, now, token } = valid[0]!;
      const outcome = (bytes: Uint8Array): Opened | Promise<Opened> =>
        sealer.unseal(encodeBase64url(bytes), { name, namespace, application, now, absoluteTimeout });
      const genuine = Buffer.from(token, "base64url");
      const without = (at: number) => Buffer.concat([genuine.subarray(0, at), genuine.subarray(at + 1)]);
      expect(await outcome(genuine)).toHaveProperty("text");
      for (let at = 0; at < genuine.length; at++) {
        for (let bit = 1; bit < 256; bit *= 2) {
          const flipped = Buffer.from(genuine);
          flipped[at]! ^= bit;
          expect(await outcome(flipped)).toEqual({ refused: expect.any(String) });
        }
        expect(await outcome(without(at))).toEqual({ refused: expect.any(String) });
        expect(await outcome(genuine.subarray(0, at))).toEqual({ refused: expect.any(String) });
        for (const extra of [0, 1, 255]) {
          const inserted = Buffer.concat([genuine.subarray(0, at), Buffer.of(extra), genuine.subarray(at)]);
          expect(await outcome(inserted)).toEqual({ refused: expect.any(String) });
        }
      }
    });

    test("B30: a short tag is no tag", async () => {
      const sealer = await makeSealer(implementation, kind);
      const { name, namespace, application, now } = valid[0]!;
      const token = Buffer.from(valid.find(({ text }) => text === "")!.token, "base64url");
      for (let length = 0; length < token.length; length++) {
        const cut = token.subarray(0, length).toString("base64url");
        expect(await sealer.unseal(cut, { name, namespace, application, now, absoluteTimeout })).toEqual({
          refused: "malformed",
        });
      }
    });

    test("B30: another name, purpose, namespace or application does not open it", async () => {
      const { name, namespace, application, now, token } = valid[0]!;
      const binding = { name, namespace, application, now, absoluteTimeout };
      const forged = { refused: "forged" };
      const same = await makeSealer(implementation, kind);
      expect(await same.unseal(token, { ...binding, name: "prefs" })).toEqual(forged);
      const otherPurpose = await makeSealer(implementation, kind, { purpose: "flash" });
      expect(await otherPurpose.unseal(token, binding)).toEqual(forged);
      for (const other of [{ namespace: "prefs" }, { application: "shop" }]) {
        expect(await same.unseal(token, { ...binding, ...other })).toEqual(forged);
      }
    });

    test("a sealer opens what the other implementation sealed", async () => {
      const other = await makeSealer(implementation === node ? web : node, kind);
      const own = await makeSealer(implementation, kind);
      const binding = { ...bound, now: 1_795_249_800_000, absoluteTimeout };
      for (const text of ["", "{}", "é".repeat(1000), "\uFEFF🧥"]) {
        expect(await own.unseal(await other.seal(text, binding), binding)).toEqual({ text, stale: false });
      }
    });
  });

  test("each seal takes a fresh nonce", async () => {
    const sealer = await makeSealer(implementation, "sealed");
    const binding = { ...bound, now: 0, absoluteTimeout };
    const tokens = await Promise.all(Array.from({ length: 500 }, () => sealer.seal("{}", binding)));
    const nonces = tokens.map((token) => Buffer.from(token, "base64url").subarray(9, 21).toString("hex"));
    expect(new Set(nonces).size).toBe(500);
  });

  test("no derived key is lost when more hours are in use than are kept", async () => {
    const sealer = await makeSealer(implementation, "sealed");
    const bindings = Array.from({ length: 600 }, (_, hour) => ({
      ...bound,
      now: hour * 3_600_000,
      absoluteTimeout,
    }));
    const tokens: string[] = [];
    for (const binding of bindings) tokens.push(await sealer.seal(`${binding.now}`, binding));
    for (const [at, token] of tokens.entries()) {
      const binding = bindings[at]!;
      expect(await sealer.unseal(token, binding)).toEqual({ text: `${binding.now}`, stale: false });
    }
  });
});

test("node:crypto returns at once, without a promise", () => {
  const ring = loadKeyring(node.ciphers, keys);
  if (ring instanceof Promise) throw new Error("the keyring is a promise");
  const sealer = createSealer(node.ciphers, ring, { kind: "sealed", purpose: "session" });
  const binding = { ...bound, now: 0, absoluteTimeout };
  const token = sealer.seal("{}", binding);
  expect(token).toBeTypeOf("string");
  expect(sealer.unseal(token as string, binding)).toEqual({ text: "{}", stale: false });
});

test("B33: the vectors are what the format gives, computed without this library", () => {
  const script = new URL("../../scripts/vectors.js", import.meta.url).pathname;
  expect(() => execFileSync(process.execPath, [script], { stdio: "pipe" })).not.toThrow();
});

test("node:crypto and Web Crypto agree on hashes of any text", async () => {
  for (let length = 0; length < 200; length++) {
    const text = node.randomText(length);
    expect(await web.sha256(text)).toBe(node.sha256(text));
    expect(await web.hmacSha256(`k${text}`, text)).toBe(node.hmacSha256(`k${text}`, text));
  }
});

describe("base64url", () => {
  const decoders: [string, (text: string) => Uint8Array | undefined][] = [
    ["decodeBase64url", decodeBase64url],
    ["node", node.ciphers.decode],
  ];

  test("base64url writes what Buffer writes, at every length", () => {
    for (let length = 0; length < 300; length++) {
      const bytes = crypto.getRandomValues(new Uint8Array(length));
      expect(encodeBase64url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
    }
  });

  test.each(decoders)("B4: %s gives back what was written, at every length", (_, decode) => {
    for (let length = 0; length < 300; length++) {
      const bytes = crypto.getRandomValues(new Uint8Array(length));
      expect(Buffer.from(decode(encodeBase64url(bytes))!)).toEqual(Buffer.from(bytes));
    }
  });

  test.each(decoders)("B4: %s accepts exactly one text for the same bytes", (_, decode) => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    // Of all texts of two characters, one in 16 spells a byte; with three, one in 4 spells two bytes.
    const pairs = [...alphabet].flatMap((one) => [...alphabet].map((two) => one + two));
    expect(pairs.filter((text) => decode(text) !== undefined)).toHaveLength(256);
    expect([...alphabet].filter((last) => decode(`AB${last}`) !== undefined)).toHaveLength(16);
    for (const wrong of ["A", "AAAAA", "AA==", "AAA=", "AA A", "AA\nA", "AA+A", "AA/A", "AAé", "AA\u0141A", "AA.A"]) {
      expect(decode(wrong)).toBeUndefined();
    }
  });
});

test("generateKey gives 32 random bytes in base64url", () => {
  const made = Array.from({ length: 100 }, generateKey);
  for (const key of made) expect(decodeBase64url(key)).toHaveLength(32);
  expect(new Set(made).size).toBe(100);
});
