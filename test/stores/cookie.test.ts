import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { generateKey } from "../../src/crypto/key.ts";
import { type CookieStoreOptions, cookieStore } from "../../src/stores/cookie/index.ts";
import type { SealBinding, SealedStore } from "../../src/types/store.ts";

const HOUR = 3_600_000;
const now = Date.UTC(2026, 10, 21, 8, 30);
const binding: SealBinding = {
  name: "session",
  namespace: "session",
  application: "",
  now,
  absoluteTimeout: 30 * 24 * HOUR,
};
const key = generateKey();
const text = '{"cart":["apple","pear"]}';
/** Found by trying: SHA-256("kid" ‖ key) begins with 869fecaa for both. */
const sameId = ["zNSexNmY_Ktep7srJ-iYX2IcKFI3jFGJduUsnT0yLJE", "YapOykOO_xAwvx3gECEWAEBqLPuedtUl9eqMl0_SNpQ"];
const at = (later: number): SealBinding => ({ ...binding, now: now + later });

function thrownBy(options: unknown): unknown {
  try {
    cookieStore(options as CookieStoreOptions);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe.each([
  { encrypt: true },
  { encrypt: false },
  { encrypt: true, recentTokens: 0 },
  { encrypt: false, recentTokens: 0 },
])("%o", ({ encrypt, recentTokens }) => {
  const store = cookieStore({ keys: key, encrypt, recentTokens });
  const seal = async (from: SealedStore = store, bound = binding) => await from.seal(text, bound);
  const unseal = async (token: string, bound = binding, by: SealedStore = store) => await by.unseal(token, bound);

  test("a sealed cookie returns what was sealed, in a token that is a cookie value", async () => {
    const token = await seal();
    expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(await unseal(token)).toEqual({ text, stale: false });
  });

  test("cookieStore() says what it is", () => {
    expect(store.kind).toBe("sealed");
    expect(store.name).toBe("cookie");
  });

  test(`B30: the data is ${encrypt ? "hidden" : "readable"}`, async () => {
    const bytes = Buffer.from(await seal(), "base64url");
    expect(bytes.includes("apple")).toBe(!encrypt);
  });

  test("B30: whatever character is changed, removed or added, no parser sees the payload", async () => {
    const token = await seal();
    const parse = vi.fn(JSON.parse);
    const load = async (candidate: string) => {
      const opened = await unseal(candidate);
      if ("text" in opened) parse(opened.text);
      return opened;
    };
    for (let place = 0; place <= token.length; place++) {
      const [before, rest] = [token.slice(0, place), token.slice(place)];
      for (const character of ["A", "q", "-", "_", "=", " ", "+", "\0", "é", "%41"]) {
        expect(await load(before + character + rest)).toEqual({ refused: expect.any(String) });
        if (rest !== "" && rest[0] !== character) {
          expect(await load(before + character + rest.slice(1))).toEqual({ refused: expect.any(String) });
        }
      }
      if (rest !== "") {
        expect(await load(before)).toEqual({ refused: expect.any(String) });
        expect(await load(before + rest.slice(1))).toEqual({ refused: expect.any(String) });
      }
    }
    expect(parse).not.toHaveBeenCalled();
    await load(token);
    expect(parse).toHaveBeenCalledOnce();
  });

  test("B4: what was never a token is malformed", async () => {
    const junk = ["", "../x", "\0", "A".repeat(10_240), "=".repeat(64), `${await seal()}.`, ` ${await seal()}`, "{}"];
    for (const token of junk) expect(await unseal(token)).toEqual({ refused: "malformed" });
  });

  test("B30: the token of another name, namespace or application is forged here", async () => {
    const other = { name: "prefs", namespace: "prefs", application: "shop" };
    for (const [part, value] of Object.entries(other)) {
      const elsewhere = { ...binding, [part]: value };
      expect(await unseal(await seal(store, elsewhere)), part).toEqual({ refused: "forged" });
      expect(await unseal(await seal(), elsewhere), part).toEqual({ refused: "forged" });
      expect(await unseal(await seal(store, elsewhere), elsewhere), part).toEqual({ text, stale: false });
    }
  });

  test("the kind that it does not write is malformed", async () => {
    const other = cookieStore({ keys: key, encrypt: !encrypt });
    expect(await unseal(await seal(other))).toEqual({ refused: "malformed" });
  });

  test("B30: an hour that begins more than five minutes from now is refused", async () => {
    const nine = now + HOUR / 2;
    const token = await seal(store, at(HOUR / 2));
    expect(await unseal(token, { ...binding, now: nine - 300_000 })).toEqual({ text, stale: false });
    expect(await unseal(token, { ...binding, now: nine - 300_001 })).toEqual({ refused: "not-yet-valid" });
    expect(await unseal(token, at(-24 * HOUR))).toEqual({ refused: "not-yet-valid" });
  });

  test("B30: an hour whose end is the absolute limit ago is refused", async () => {
    const token = await seal();
    const limit = { ...binding, absoluteTimeout: 2 * HOUR };
    const end = now + HOUR / 2;
    expect(await unseal(token, { ...limit, now: end + 2 * HOUR - 1 })).toEqual({ text, stale: false });
    expect(await unseal(token, { ...limit, now: end + 2 * HOUR })).toEqual({ refused: "expired" });
    expect(await unseal(token, { ...limit, absoluteTimeout: undefined, now: end + 1e6 * HOUR })).toHaveProperty("text");
  });

  test("B31: [new, old] opens what old sealed, calls it stale, and seals with new", async () => {
    const fresh = generateKey();
    const both = cookieStore({ keys: [fresh, key], encrypt });
    const only = cookieStore({ keys: fresh, encrypt });
    expect(await unseal(await seal(), binding, both)).toEqual({ text, stale: true });
    const resealed = await seal(both);
    expect(await unseal(resealed, binding, both)).toEqual({ text, stale: false });
    expect(await unseal(resealed, binding, only)).toEqual({ text, stale: false });
  });

  test("B31: without the old key its tokens end, without an exception", async () => {
    const only = cookieStore({ keys: generateKey(), encrypt });
    expect(await unseal(await seal(), binding, only)).toEqual({ refused: "unknown-key" });
  });

  test("B31: servers with different key orders open each other's tokens through a whole rollout", async () => {
    const [old, fresh] = [generateKey(), generateKey()];
    const rollout = [[old], [old, fresh], [fresh, old], [fresh]].map((keys) => cookieStore({ keys, encrypt }));
    // While one step is being rolled out, servers of the step before still run. The last step waits for old tokens to end.
    for (const [one, other] of [rollout.slice(0, 2), rollout.slice(1, 3)] as [SealedStore, SealedStore][]) {
      expect(await unseal(await seal(one), binding, other)).toHaveProperty("text", text);
      expect(await unseal(await seal(other), binding, one)).toHaveProperty("text", text);
    }
    expect(await unseal(await seal(rollout[2]), binding, rollout[3])).toEqual({ text, stale: false });
    expect(await unseal(await seal(rollout[3]), binding, rollout[2])).toEqual({ text, stale: false });
  });

  test("a key may be spelt in hex, in either case", async () => {
    const hex = Buffer.from(key, "base64url").toString("hex");
    for (const spelling of [hex, hex.toUpperCase()]) {
      expect(await unseal(await seal(cookieStore({ keys: [spelling], encrypt })))).toEqual({ text, stale: false });
    }
  });
});

describe("B31: a bad key fails at construction, with a letter that does not show it", () => {
  const padded = Buffer.from(key, "base64url").toString("base64");
  const spare = key.replace(/.$/, "_");
  const hexKey = Buffer.from(generateKey(), "base64url").toString("hex");
  const cases: [string, unknown, RegExp][] = [
    ["short", ["k3kR0xmZ-short"], /key 1 of 1 has 14 characters\./],
    ["second one short", [key, "k3kR0xmZ-short"], /key 2 of 2 has 14 characters\./],
    ["42 characters", key.slice(1), /has 42 characters\./],
    ["44 characters", `${key}A`, /has 44 characters\./],
    ["padded base64", padded, /padded base64/],
    ["not canonical", spare, /not the base64url of 32 bytes/],
    ["another alphabet", `+/${key.slice(2)}`, /not the base64url of 32 bytes/],
    ["not hex", `${hexKey.slice(1)}g`, /64 characters, but not all of them are hex/],
    ["a new line at the end", `${key}\n`, /white space around it/],
    ["several in one text", `${key},${hexKey}`, /give several keys as a list/],
    ["zeros", "0".repeat(64), /repeats itself/],
    ["one byte again and again", "7a".repeat(32), /repeats itself/],
    ["two bytes again and again", "7ab3".repeat(16), /repeats itself/],
    ["a half twice", hexKey.slice(0, 32).repeat(2), /repeats itself/],
    ["the same twice", [hexKey, key, hexKey.toUpperCase()], /key 3 of 3 is the same as key 1/],
    ["empty", ["", key], /key 1 of 2 is empty/],
    ["missing", undefined, /key 1 of 1 is undefined, not text/],
    ["null", [key, null], /key 2 of 2 is null, not text/],
    ["bytes", Buffer.alloc(32, 7), /key 1 of 1 is object, not text/],
    ["no key at all", [], /empty list/],
  ];

  test.each(cases)("%s", (_, keys, sentence) => {
    const error = thrownBy({ keys });
    expect(error).toMatchObject({
      name: "SessionError",
      code: "INVALID_OPTION",
      message: expect.stringMatching(sentence),
    });
    const { message } = error as Error;
    const secrets = [keys].flat().filter((secret) => typeof secret === "string" && secret.length >= 14);
    for (const secret of secrets) expect(message).not.toContain((secret as string).slice(0, 8));
    expect(message).toMatch(/generateKey\(\)|Remove one/);
  });
});

describe("other options", () => {
  const refused: [string, unknown, RegExp][] = [
    ["encrypt as text", { encrypt: "false" }, /encrypt must be true or false, not string/],
    ["encrypt as null", { encrypt: null }, /encrypt must be true or false, not null/],
    ["a negative recentTokens", { recentTokens: -1 }, /recentTokens must be an integer of at least 0/],
    ["recentTokens as text", { recentTokens: "9" }, /recentTokens must be an integer of at least 0/],
  ];

  test.each(refused)("%s is refused", (_, options, sentence) => {
    const error = thrownBy({ keys: key, ...(options as object) });
    expect(error).toMatchObject({ code: "INVALID_OPTION", message: expect.stringMatching(sentence) });
  });

  test("names too long to derive a key for are refused", () => {
    const store = cookieStore({ keys: key });
    const long = { ...binding, name: "鍵".repeat(100), namespace: "鍵".repeat(100), application: "鍵".repeat(100) };
    expect(store.seal(text, long)).toBeTypeOf("string");
    expect(() => store.seal(text, { ...long, application: "鍵".repeat(101) })).toThrow(/have 301 characters/);
  });

  test("two keys that share an id are refused rather than tried in turn", () => {
    expect(() => cookieStore({ keys: sameId }).seal(text, binding)).toThrow(/share the id/);
  });
});

describe("when the random source fails", () => {
  afterEach(() => void vi.unstubAllGlobals());

  test("B5: nothing is sealed", async () => {
    // Nothing was sealed before: the nonces of a process begin with one random value.
    vi.resetModules();
    const store = (await import("../../src/stores/cookie/index.ts")).cookieStore({ keys: key });
    const getRandomValues = (): never => {
      throw new Error("no entropy");
    };
    vi.stubGlobal("crypto", { getRandomValues, subtle: crypto.subtle });
    expect(() => store.seal(text, binding)).toThrow("no entropy");
  });
});

describe("over Web Crypto", () => {
  let webStore: typeof cookieStore;
  beforeAll(async () => {
    vi.resetModules();
    vi.doMock("#crypto", () => import("../../src/crypto/web.ts"));
    webStore = (await import("../../src/stores/cookie/index.ts")).cookieStore;
  });
  afterAll(() => {
    vi.doUnmock("#crypto");
    vi.resetModules();
  });

  test("B33: Web Crypto opens what node:crypto sealed, and the other way round", async () => {
    for (const encrypt of [true, false]) {
      const one = cookieStore({ keys: key, encrypt });
      const other = webStore({ keys: [generateKey(), key], encrypt });
      expect(await other.unseal(await one.seal(text, binding), binding)).toEqual({ text, stale: true });
      const back = webStore({ keys: key, encrypt });
      expect(await one.unseal(await back.seal(text, binding), binding)).toEqual({ text, stale: false });
    }
  });

  test("parallel first uses all succeed", async () => {
    const store = webStore({ keys: [key, generateKey()] });
    const tokens = await Promise.all(Array.from({ length: 20 }, () => store.seal(text, binding)));
    for (const token of tokens) expect(await store.unseal(token, binding)).toEqual({ text, stale: false });
  });

  test("two keys that share an id are refused rather than tried in turn", async () => {
    await expect(webStore({ keys: sameId }).seal(text, binding)).rejects.toThrow(/share the id/);
  });

  test("it really is Web Crypto", () => {
    expect(webStore({ keys: key }).seal(text, binding)).toBeInstanceOf(Promise);
  });
});
