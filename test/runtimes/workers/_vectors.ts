import { createSessions, type StoredRecord } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import type { EnvelopeKind } from "../../../src/crypto/envelope.ts";
import { createSealer, loadKeyring } from "../../../src/crypto/sealer.ts";
import { ciphers, hmacSha256, sha256 } from "../../../src/crypto/web.ts";
import hashing from "../../vectors/hashing.json" with { type: "json" };
import records from "../../vectors/records.json" with { type: "json" };
import sealing from "../../vectors/sealing.json" with { type: "json" };
import type { Case } from "./_cases.ts";

/** The published vectors as cases that need nothing but a runtime with Web Crypto. */
export const vectorCases: readonly Case[] = [
  ...hashing.sha256.map(({ text, hash }, n) => ({
    title: `SHA-256 ${n}`,
    run: async () => same(await sha256(text), hash),
  })),
  ...hashing.hmacSha256.map(({ key, message, mac }, n) => ({
    title: `HMAC-SHA-256 ${n}`,
    run: async () => same(await hmacSha256(key, message), mac),
  })),
  ...(["sealed", "signed"] as const).flatMap(sealingCases),
  ...records.map(({ comment, application, token, now, record, data }) => ({
    title: `record: ${comment}`,
    run: async () => {
      const store = memoryStore();
      await store.create(record as StoredRecord, now);
      const sessions = createSessions({ store, application, clock: () => now, pruneInterval: false });
      const request = new Request("http://localhost/", { headers: { cookie: `session=${token}` } });
      const response = await sessions.handle(request, (_, session) => Response.json(session.keys().sort()));
      same(await response.text(), JSON.stringify(Object.keys(data).sort()));
    },
  })),
];

const { absoluteTimeout } = sealing;
const keys = sealing.keys.map((key) => ciphers.decode(key)!);

function sealingCases(kind: EnvelopeKind): Case[] {
  const { valid, refused } = sealing[kind];
  const sealerOf = async (own: readonly Uint8Array[], purpose = "session") =>
    createSealer(ciphers, await loadKeyring(ciphers, own), { kind, purpose });
  const [{ name, namespace, application, now }] = valid as [(typeof valid)[number]];
  return [
    ...valid.map((vector) => ({
      title: `${kind}: ${vector.title}`,
      run: async () => {
        const binding = { ...vector, absoluteTimeout };
        const sealer = await sealerOf([keys[vector.key]!], vector.purpose);
        const nonce = "nonce" in vector ? bytesOf(vector.nonce as string) : undefined;
        same(await sealer.seal(vector.text, binding, nonce), vector.token);
        same(
          JSON.stringify(await sealer.unseal(vector.token, binding)),
          JSON.stringify({ text: vector.text, stale: false }),
        );
      },
    })),
    ...refused.map(({ title, token, reason }) => ({
      title: `${kind}, refused: ${title}`,
      run: async () => {
        const opened = await (await sealerOf(keys)).unseal(token, {
          name,
          namespace,
          application,
          now,
          absoluteTimeout,
        });
        same(JSON.stringify(opened), JSON.stringify({ refused: reason }));
      },
    })),
  ];
}

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g)!, (byte) => Number.parseInt(byte, 16));

function same(actual: string, expected: string): void {
  if (actual !== expected) throw new Error(`expected ${expected}, got ${actual}`);
}
