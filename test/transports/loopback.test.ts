import { describe, expect, test } from "vitest";
import { isLoopback, signOfDistance } from "../../src/core/http/loopback.ts";
import type { RequestHead } from "../../src/types/transport.ts";

const head = (headers: Record<string, string>, url = "/", more: Partial<RequestHead> = {}): RequestHead => ({
  method: "GET",
  url,
  encrypted: false,
  header: (name) => headers[name],
  ...more,
});

describe("B21: loopback", () => {
  test.each([
    "localhost",
    "LocalHost:3000",
    "app.localhost",
    "a.b.localhost:8080",
    "127.0.0.1",
    "127.0.0.1:80",
    "127.255.1.9",
    "[::1]",
    "[::1]:3000",
  ])("%s is this machine", (host) => {
    expect(isLoopback(head({ host }))).toBe(true);
    expect(isLoopback(head({}, `http://${host}/path?x#y`))).toBe(true);
    expect(isLoopback(head({}, `http://${host}`))).toBe(true);
  });

  test.each([
    "example.com",
    "127.0.0.1.evil.com",
    "127.0.0.1.evil.com:80",
    "localhost.evil.com",
    "evillocalhost",
    ".localhost",
    "evil.com:localhost",
    "localhost:80:80",
    "localhost@evil.com",
    "localhost, evil.com",
    "127.0.0",
    "128.0.0.1",
    "1127.0.0.1",
    "0.0.0.0",
    "::1",
    "[::2]",
    "[::1]x",
    "localhost\n",
  ])("%j is somewhere else", (host) => {
    expect(isLoopback(head({ host }))).toBe(false);
  });

  test("a host is taken from an absolute URL only without a Host header, and never from its other parts", () => {
    expect(isLoopback(head({ host: "example.com" }, "http://localhost/"))).toBe(false);
    expect(isLoopback(head({}, "http://localhost@example.com/"))).toBe(false);
    expect(isLoopback(head({}, "http://example.com@localhost/"))).toBe(true);
    expect(isLoopback(head({}, "http://example.com/@localhost"))).toBe(false);
    expect(isLoopback(head({}, "http://example.com?@localhost"))).toBe(false);
    expect(isLoopback(head({}, "/http://localhost/"))).toBe(false);
    expect(isLoopback(head({}, "/"))).toBe(false);
  });
});

describe("B67: a Host header alone is no proof of loopback", () => {
  const host = "localhost:3000";
  const from = (peer: string | undefined) => signOfDistance(head({ host }, "/", { peer }));

  test.each(["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "", undefined])(
    "peer %s is here, or not known",
    (peer) => {
      expect(from(peer)).toBeUndefined();
    },
  );

  test.each(["172.17.0.1", "192.168.65.1", "10.0.0.7", "::ffff:10.0.0.7", "fe80::1", "203.0.113.9", "127.0.0.1.evil"])(
    "peer %j is elsewhere, also where a port of a container is mapped to this machine",
    (peer) => {
      expect(from(peer)).toBe(`its connection comes from ${JSON.stringify(peer)}`);
    },
  );

  test.each([
    { "x-forwarded-for": "203.0.113.9" },
    { "x-forwarded-for": "127.0.0.1, 203.0.113.9" },
    { "x-forwarded-for": "" },
    { "x-forwarded-host": "shop.example" },
    { "x-forwarded-host": "localhost" },
    { "x-forwarded-host": "shop.example", "x-forwarded-for": "::1" },
    { "x-forwarded-proto": "http" },
    { "x-forwarded-proto": "https", "x-forwarded-for": "::1" },
    { "x-real-ip": "203.0.113.9" },
    { forwarded: "for=203.0.113.9" },
    { via: "1.1 proxy" },
  ])("%o: a proxy passed it on", (headers: Record<string, string>) => {
    expect(signOfDistance(head({ host, ...headers }, "/", { peer: "::1" }))).toMatch(/^its header \S+ says /);
  });

  test.each([
    { "x-forwarded-for": "::1", "x-forwarded-host": "localhost:3000", "x-forwarded-proto": "http" },
    { "x-forwarded-for": "::ffff:127.0.0.1, 127.0.0.1" },
    { "x-forwarded-for": "::1", via: "1.1 Caddy" },
  ])("%o: a development server says that its client is here", (headers: Record<string, string>) => {
    expect(signOfDistance(head({ host, ...headers }))).toBeUndefined();
  });

  test("HTTP/1.0 is what proxies speak", () => {
    expect(signOfDistance(head({ host }, "/", { httpVersion: "1.0" }))).toContain("HTTP/1.0");
    expect(signOfDistance(head({ host }, "/", { httpVersion: "1.1" }))).toBeUndefined();
    expect(signOfDistance(head({ host }, "/", { httpVersion: "2.0" }))).toBeUndefined();
  });

  test.each(["https://shop.example", "http://shop.example:3000", "http://localhost.evil.example"])(
    "a page of %s is none of this machine",
    (origin) => {
      expect(signOfDistance(head({ host, origin }))).toBe(`its page is of the origin ${JSON.stringify(origin)}`);
    },
  );

  test.each([
    "http://localhost:5173",
    "https://app.localhost",
    "http://127.0.0.1",
    "null",
    "capacitor://app",
    "chrome-extension://abc",
  ])("a page of %s may be of this machine", (origin) => {
    expect(signOfDistance(head({ host, origin }))).toBeUndefined();
  });

  test("what it quotes fits a line of a log", () => {
    const sign = signOfDistance(head({ host, origin: `https://${"a".repeat(500)}\n` })) ?? "";
    expect(sign.length).toBeLessThan(140);
    expect(sign).not.toContain("\n");
  });
});
