import { afterEach, expect, test, vi } from "vitest";
import type { SealedStore } from "../../src/types/store.ts";

const key = "zNSexNmY_Ktep7srJ-iYX2IcKFI3jFGJduUsnT0yLJE";
const binding = { name: "session", namespace: "session", application: "", now: 0, absoluteTimeout: undefined };

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** A process that begins with the same random values as every other one of a test. */
async function restored(): Promise<SealedStore> {
  const getRandomValues = (bytes: Uint8Array): Uint8Array => bytes.fill(7);
  vi.stubGlobal("crypto", { getRandomValues, subtle: crypto.subtle });
  vi.resetModules();
  return (await import("../../src/stores/cookie/index.ts")).cookieStore({ keys: key });
}

const nonceOf = (token: unknown): string => Buffer.from(String(token), "base64url").toString("hex", 9, 21);

test("B141: two processes with the same random values and the same history use no nonce for two texts", async () => {
  const [one, other] = [await restored(), await restored()];
  const nonces = new Set<string>();
  for (let n = 0; n < 500; n++) {
    nonces.add(nonceOf(one.seal(`one ${n}`, binding)));
    nonces.add(nonceOf(other.seal(`other ${n}`, binding)));
  }
  expect(nonces.size).toBe(1_000);
});

test("B141: a nonce that comes twice has the same text, and so the same token", async () => {
  const [one, other] = [await restored(), await restored()];
  const [first, second] = [one.seal("text", binding), other.seal("text", binding)];
  expect(nonceOf(first)).toBe(nonceOf(second));
  expect(first).toBe(second);
  expect(nonceOf(one.seal("text", binding))).not.toBe(nonceOf(first));
});
