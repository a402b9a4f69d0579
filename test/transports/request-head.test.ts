import { describe, expect, test } from "vitest";
import { isRequestHead, isSecure, requestHead } from "../../src/core/http/request-head.ts";
import type { RequestHead } from "../../src/types/transport.ts";

const head = (headers: Record<string, string>, url = "/", encrypted = false): RequestHead => ({
  method: "GET",
  url,
  encrypted,
  header: (name) => headers[name],
});

test("a request of the Fetch API becomes a head", () => {
  const request = new Request("https://example.com/path?x=1", { method: "POST", headers: { "X-Session": "a" } });
  const made = requestHead(request);
  expect(made).toMatchObject({ method: "POST", url: "https://example.com/path?x=1", encrypted: true });
  expect(made.header("x-session")).toBe("a");
  expect(made.header("cookie")).toBeUndefined();
  expect(requestHead(new Request("HTTP://example.com/")).encrypted).toBe(false);
  expect(isRequestHead(made)).toBe(true);
  expect(isRequestHead(request)).toBe(false);
});

describe("B22: https by proxies", () => {
  const secure = (headers: Record<string, string>, hops: number, encrypted = false) =>
    isSecure(head(headers, "/", encrypted), hops);

  test("no proxy is trusted by default", () => {
    expect(secure({ "x-forwarded-proto": "https", forwarded: "proto=https" }, 0)).toBe(false);
    expect(secure({ "x-forwarded-proto": "http", forwarded: "proto=http" }, 0, true)).toBe(true);
  });

  test("without a header of the proxy the connection itself counts", () => {
    for (const headers of [
      {},
      { "x-forwarded-proto": "" },
      { "x-forwarded-proto": " , " },
      { forwarded: "for=1.2.3.4" },
    ]) {
      expect(secure(headers as Record<string, string>, 1)).toBe(false);
      expect(secure(headers as Record<string, string>, 1, true)).toBe(true);
    }
  });

  test.each([
    ["https", 1, true],
    ["HTTPS", 1, true],
    ["wss", 1, true],
    ["http", 1, false],
    ["httpsx", 1, false],
    ["https, http", 1, false],
    ["http, https", 1, true],
    ["http,https", 2, false],
    ["https,http", 2, true],
    ["https , http , http", 3, true],
    ["https", 3, true],
    ["http, https", 5, false],
    ['"https"', 1, false],
  ])("X-Forwarded-Proto: %s behind %d is %s", (value, hops, expected) => {
    expect(secure({ "x-forwarded-proto": value }, hops)).toBe(expected);
  });

  test("a proxy that was asked over http is also trusted", () => {
    expect(secure({ "x-forwarded-proto": "http" }, 1, true)).toBe(false);
  });

  test.each([
    ["for=192.0.2.1;proto=https;by=203.0.113.4", 1, true],
    ["For=192.0.2.1; Proto=HTTPS", 1, true],
    ['proto="https"', 1, true],
    ['for="[2001:db8::1]:80, x;proto=http";proto=https', 1, true],
    ['for="\\";proto=https"', 1, false],
    ["proto=https, proto=http", 1, false],
    ["proto=https, proto=http", 2, true],
    ["proto=http, for=1.2.3.4;proto=https", 1, true],
    ["proto=https", 4, true],
    ["proto=https, for=1.2.3.4", 1, false],
    ["xproto=https", 1, false],
    ['for="proto=https', 1, false],
  ])("Forwarded: %s behind %d is %s", (value, hops, expected) => {
    expect(secure({ forwarded: value }, hops)).toBe(expected);
  });

  test("X-Forwarded-Proto goes before Forwarded", () => {
    expect(secure({ "x-forwarded-proto": "http", forwarded: "proto=https" }, 1)).toBe(false);
    expect(secure({ "x-forwarded-proto": "https", forwarded: "proto=http" }, 1)).toBe(true);
  });
});
