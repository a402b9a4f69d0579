import { describe, expect, test } from "vitest";
import { chain, isPromise } from "../../src/crypto/awaitable.ts";
import { generateKey } from "../../src/crypto/key.ts";
import { ciphers } from "../../src/crypto/node.ts";
import { createSealer, loadKeyring, type Sealer } from "../../src/crypto/sealer.ts";
import { createSessions } from "../../src/index.ts";
import { cookieStore } from "../../src/stores/cookie/index.ts";
import type { SealedStore } from "../../src/types/store.ts";

const HOUR = 3_600_000;
const now = Date.UTC(2026, 10, 21, 8, 30);
const binding = { name: "session", namespace: "session", application: "", now, absoluteTimeout: 30 * 24 * HOUR };
const bytesOf = (key: string): Uint8Array => Buffer.from(key, "base64url");

/** A sealer that counts how often it decrypts. */
function counting(keys: readonly string[], recentTokens?: number): { readonly sealer: Sealer; opened(): number } {
  let opened = 0;
  const counted: typeof ciphers = {
    ...ciphers,
    deriveKey: (...context) =>
      chain(ciphers.deriveKey(...context), (envelope) => ({
        ...envelope,
        open: (bytes) => {
          opened++;
          return envelope.open(bytes);
        },
      })),
  };
  const ring = loadKeyring(counted, keys.map(bytesOf));
  if (isPromise(ring)) throw new Error("the keyring is a promise");
  const sealer = createSealer(counted, ring, { kind: "sealed", purpose: "session" }, recentTokens);
  return { sealer, opened: () => opened };
}

describe("B140: tokens that were sealed or opened a moment ago", () => {
  const [key, other] = [generateKey(), generateKey()];
  const opens = { text: "{}", stale: false };

  test("what was sealed here is not decrypted", () => {
    const { sealer, opened } = counting([key], 100);
    const token = sealer.seal("{}", binding) as string;
    for (let n = 0; n < 3; n++) expect(sealer.unseal(token, binding)).toEqual(opens);
    expect(opened()).toBe(0);
  });

  test("what was sealed elsewhere is decrypted twice", () => {
    const token = counting([key]).sealer.seal("{}", binding) as string;
    const { sealer, opened } = counting([key], 100);
    for (let n = 0; n < 5; n++) expect(sealer.unseal(token, binding)).toEqual(opens);
    expect(opened()).toBe(2);
  });

  test("without memory everything is decrypted", () => {
    const { sealer, opened } = counting([key], 0);
    const token = sealer.seal("{}", binding) as string;
    for (let n = 0; n < 3; n++) expect(sealer.unseal(token, binding)).toEqual(opens);
    expect(opened()).toBe(3);
  });

  test("only the exact text is known, and only in its scope", () => {
    const { sealer } = counting([key], 100);
    const token = sealer.seal("{}", binding) as string;
    for (let at = 0; at < token.length; at++) {
      const changed = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
      expect(sealer.unseal(changed, binding)).toEqual({ refused: expect.any(String) });
    }
    for (const text of [token.slice(1), ` ${token}`, `A${token}`, token.slice(-24)]) {
      expect(sealer.unseal(text, binding)).toEqual({ refused: expect.any(String) });
    }
    for (const scope of [{ name: "prefs" }, { namespace: "prefs" }, { application: "shop" }]) {
      expect(sealer.unseal(token, { ...binding, ...scope })).toEqual({ refused: "forged" });
    }
    expect(sealer.unseal(token, binding)).toEqual(opens);
  });

  test("time still ends them, and a clock that was set back refuses them", () => {
    const { sealer } = counting([key], 100);
    const token = sealer.seal("{}", binding) as string;
    expect(sealer.unseal(token, { ...binding, now: now + 31 * 24 * HOUR })).toEqual({ refused: "expired" });
    expect(sealer.unseal(token, { ...binding, absoluteTimeout: 0, now: now + HOUR })).toEqual({ refused: "expired" });
    expect(sealer.unseal(token, { ...binding, now: now - HOUR })).toEqual({ refused: "not-yet-valid" });
    expect(sealer.unseal(token, binding)).toEqual(opens);
  });

  test("what an older key has opened stays stale", () => {
    const token = counting([other]).sealer.seal("{}", binding) as string;
    const { sealer, opened } = counting([key, other], 100);
    for (let n = 0; n < 4; n++) expect(sealer.unseal(token, binding)).toEqual({ text: "{}", stale: true });
    expect(opened()).toBe(2);
  });

  test("no more are remembered than the option says", () => {
    const { sealer, opened } = counting([key], 10);
    const tokens = Array.from({ length: 100 }, (_, n) => sealer.seal(String(n), binding) as string);
    for (const [n, token] of tokens.entries()) {
      expect(sealer.unseal(token, binding)).toEqual({ text: String(n), stale: false });
    }
    expect(opened()).toBeGreaterThanOrEqual(90);
    expect(opened()).toBeLessThan(100);
  });

  test("large ones make others go sooner", () => {
    const { sealer, opened } = counting([key], 1_000);
    const first = sealer.seal("{}", binding) as string;
    for (let n = 0; n < 8; n++) void sealer.seal("x".repeat(1_000_000), binding);
    expect(sealer.unseal(first, binding)).toEqual(opens);
    expect(opened()).toBe(1);
  });
});

const visit = async (store: SealedStore, cookie: string | undefined, at = now) => {
  const sessions = createSessions<{ n: number }>({ store, clock: () => at, observer: () => undefined });
  return async (work: "read" | "write", presented = cookie): Promise<{ n: number | undefined; cookie: string }> => {
    const request = new Request("https://shop.example/", { headers: presented ? { cookie: presented } : {} });
    let n: number | undefined;
    const response = await sessions.handle(request, (_, session) => {
      n = session.get("n");
      if (work === "write") session.set("n", (n ?? 0) + 1);
      return new Response("ok");
    });
    return { n, cookie: response.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
  };
};

describe("B140: removed keys and other checks of a token", () => {
  test("a manager configured without a key does not open its tokens, whoever remembers them", async () => {
    const [old, fresh] = [generateKey(), generateKey()];
    const before = await visit(cookieStore({ keys: [old] }), undefined);
    const { cookie } = await before("write");
    for (let n = 0; n < 3; n++) expect((await before("read", cookie)).n).toBe(1);
    const after = await visit(cookieStore({ keys: [fresh] }), cookie);
    for (let n = 0; n < 3; n++) expect((await after("read")).n).toBeUndefined();
  });

  test("a store that wraps another is asked each time, so its own list of refused tokens holds at once", async () => {
    const inner = cookieStore({ keys: [generateKey()] });
    const refused = new Set<string>();
    const store: SealedStore = {
      ...inner,
      unseal: (token, bound) => (refused.has(token) ? { refused: "forged" } : inner.unseal(token, bound)),
    };
    const on = await visit(store, undefined);
    const { cookie } = await on("write");
    for (let n = 0; n < 3; n++) expect((await on("read", cookie)).n).toBe(1);
    refused.add(cookie.slice(cookie.indexOf("=") + 1));
    expect((await on("read", cookie)).n).toBeUndefined();
  });

  test("each response's token holds what was written last, and an older one what it held", async () => {
    const on = await visit(cookieStore({ keys: [generateKey()] }), undefined);
    const cookies = [""];
    for (let n = 0; n < 5; n++) cookies.push((await on("write", cookies.at(-1))).cookie);
    for (const [n, cookie] of cookies.entries()) {
      for (let turn = 0; turn < 3; turn++) expect((await on("read", cookie)).n).toBe(n === 0 ? undefined : n);
    }
  });
});
