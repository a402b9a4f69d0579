import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editHeaders, type HeaderTarget, headersTarget } from "../../src/core/http/header-edits.ts";
import { splitHeaderList } from "../../src/core/http/header-list.ts";
import type { HeaderEdit } from "../../src/types/transport.ts";

function edited(start: [string, string][], ...edits: HeaderEdit[]): Headers {
  const headers = new Headers(start);
  editHeaders(headersTarget(headers), edits);
  return headers;
}

const cookieEdit = (value: string): HeaderEdit => ({ kind: "cookie", name: value.split("=")[0] ?? "", value });
const vary = (value: string): HeaderEdit => ({ kind: "vary", name: "vary", value });
const keepPrivate = (value = ""): HeaderEdit => ({ kind: "private", name: "cache-control", value });
const noCacheCookie = 'no-cache="set-cookie"';

describe("cookie", () => {
  const cookies = (lines: string[], ...edits: HeaderEdit[]) =>
    edited(
      lines.map((line) => ["set-cookie", line]),
      ...edits,
    ).getSetCookie();

  test("Set-Cookie is added as a line, and the others keep their order", () => {
    expect(cookies([], cookieEdit("a=1; Path=/"))).toEqual(["a=1; Path=/"]);
    expect(cookies(["b=2", "c=3"], cookieEdit("a=1"))).toEqual(["b=2", "c=3", "a=1"]);
  });

  test("B6: stands in place of every earlier line of its name, so there is one line for each name", () => {
    const lines = ["a=0", "b=2; Path=/a", " a =9; Path=/x", "a=; Max-Age=0"];
    expect(cookies(lines, cookieEdit("a=1"))).toEqual(["b=2; Path=/a", "a=1"]);
    expect(cookies([], cookieEdit("a=1"), cookieEdit("b=1"), cookieEdit("a=2"))).toEqual(["b=1", "a=2"]);
  });

  test("B18: other names are not ours, however similar", () => {
    const lines = [
      "A=1",
      "aa=1",
      "x=a=1",
      "x; a=1",
      "=a=1",
      '"a"=1',
      "%61=1",
      "b=1; Expires=Sat, 21 Nov 2026 08:30:00 GMT",
    ];
    expect(cookies(lines, cookieEdit("a=1"))).toEqual([...lines, "a=1"]);
  });
});

test("set replaces the header's value", () => {
  const set: HeaderEdit = { kind: "set", name: "x-session", value: "new" };
  expect(edited([["x-session", "old"]], set).get("x-session")).toBe("new");
  expect(edited([], { ...set, value: "" }).get("x-session")).toBe("");
});

describe("B28: vary", () => {
  test.each([
    [undefined, "Cookie"],
    ["", "Cookie"],
    ["Accept-Encoding", "Accept-Encoding, Cookie"],
    ["Accept, Origin", "Accept, Origin, Cookie"],
    ["cookie", "cookie"],
    ["Accept,COOKIE , Origin", "Accept,COOKIE , Origin"],
    ["*", "*"],
    ["Accept, *", "Accept, *"],
    ["X-Cookie", "X-Cookie, Cookie"],
  ])("%j becomes %j", (before, after) => {
    expect(edited(before === undefined ? [] : [["vary", before]], vary("Cookie")).get("vary")).toBe(after);
  });

  test("names of several transports come together", () => {
    expect(edited([], vary("Cookie"), vary("X-Session"), vary("Cookie")).get("vary")).toBe("Cookie, X-Session");
  });
});

describe("B28: private", () => {
  const rewritten = (before: string | undefined, value?: string) =>
    edited(before === undefined ? [] : [["cache-control", before]], keepPrivate(value)).get("cache-control");

  test.each([
    [undefined, "private"],
    ["", "private"],
    ["public", "private"],
    ["PUBLIC, Max-Age=60", "Max-Age=60, private"],
    ["public, max-age=60, s-maxage=600", "max-age=60, private"],
    ["S-MaxAge = 600,max-age=60", "max-age=60, private"],
    ["private, max-age=0", "private, max-age=0"],
    ["Private", "Private"],
    ["no-store", "no-store"],
    ["public, no-store", "no-store"],
    ["no-store, must-understand", "no-store, must-understand, private"],
    ['private="x-user", max-age=60', "max-age=60, private"],
    ["no-cache, must-revalidate", "no-cache, must-revalidate, private"],
    ['ext="a, public, s-maxage=1", immutable', 'ext="a, public, s-maxage=1", immutable, private'],
    ['ext="\\", public"', 'ext="\\", public", private'],
    ["not-public, publicly=1", "not-public, publicly=1, private"],
    [" , ,public,, max-age=1", "max-age=1, private"],
  ])("%j becomes %j", (before, after) => {
    expect(rewritten(before)).toBe(after);
  });

  test.each([
    [undefined, `private, ${noCacheCookie}`],
    ["public, max-age=60", `max-age=60, private, ${noCacheCookie}`],
    ["private", `private, ${noCacheCookie}`],
    ["no-cache", "no-cache, private"],
    ["no-store", "no-store"],
    ['private, no-cache="Set-Cookie"', 'private, no-cache="Set-Cookie"'],
    ['no-cache="x-user, Set-Cookie", private', 'no-cache="x-user, Set-Cookie", private'],
    ["no-cache=set-cookie, private", "no-cache=set-cookie, private"],
    ['no-cache="x-user", private', `no-cache="x-user", private, ${noCacheCookie}`],
    ["no-store, must-understand", `no-store, must-understand, private, ${noCacheCookie}`],
  ])("with a cookie %j becomes %j", (before, after) => {
    expect(rewritten(before, noCacheCookie)).toBe(after);
  });

  test.each([
    ["CDN-Cache-Control", "public, max-age=600", "no-store"],
    ["Cloudflare-CDN-Cache-Control", "max-age=600", "no-store"],
    ["Vercel-CDN-Cache-Control", "max-age=600", "no-store"],
    ["Netlify-CDN-Cache-Control", "public, durable, s-maxage=600", "no-store"],
    ["Surrogate-Control", "max-age=600", "no-store"],
    ["Edge-Control", "cache-maxage=600s", "no-store"],
    ["X-Accel-Expires", "600", "0"],
  ])("B65: %s, which some caches put before Cache-Control, is closed where there is one", (field, open, closed) => {
    const headers = edited([[field, open]], keepPrivate());
    expect([headers.get(field), headers.get("cache-control")]).toEqual([closed, "private"]);
    expect(edited([], keepPrivate()).has(field)).toBe(false);
    expect(edited([["x-cdn-cache-controls", "max-age=600"]], keepPrivate()).get("x-cdn-cache-controls")).toBe(
      "max-age=600",
    );
  });

  test.each([undefined, "public, max-age=60", "no-store, must-understand", "private"])(
    "B65: with no-store, %j becomes that alone",
    (before) => expect(rewritten(before, "no-store")).toBe("no-store"),
  );

  test("whatever was there, no shared cache may keep the response, every other directive stays, and twice is once", () => {
    const words = [
      "public",
      "s-maxage=9",
      "private",
      'private="a,b"',
      "no-store",
      "no-cache",
      'no-cache="x"',
      "max-age=1",
    ];
    const directive = fc.constantFrom(
      ...words,
      "immutable",
      'x="public, s-maxage=1"',
      "must-revalidate",
      "",
      noCacheCookie,
    );
    fc.assert(
      fc.property(fc.array(directive), fc.constantFrom("", noCacheCookie), (directives, value) => {
        const after = rewritten(directives.join(", "), value) ?? "";
        const parts = splitHeaderList(after, ",");
        expect(parts.some((part) => part === "private" || part === "no-store")).toBe(true);
        expect(parts.some((part) => part === "public" || part.startsWith("s-maxage"))).toBe(false);
        const others = (list: string[]) => list.filter((part) => /^(max-age|imm|x=|must|no-)/.test(part));
        expect(others(parts).slice(0, others(directives).length)).toEqual(others(directives));
        expect(rewritten(after, value)).toBe(after);
      }),
    );
  });
});

describe("lists", () => {
  test.each([
    ["a, b", ",", ["a", "b"]],
    ['a="x, y", b', ",", ['a="x, y"', "b"]],
    ['a="x\\", y", b', ",", ['a="x\\", y"', "b"]],
    ['a="never closed, b', ",", ['a="never closed, b']],
    ['a="\\', ",", ['a="\\']],
    [" ,, \t", ",", []],
    ["a;b, c", ";", ["a", "b, c"]],
  ] as const)("%j by %s", (text, separator, parts) => {
    expect(splitHeaderList(text, separator)).toEqual(parts);
  });
});

/** As a framework over node:http would offer its response. */
function responseTarget(response: ServerResponse): HeaderTarget {
  const lines = (name: string) => [response.getHeader(name) ?? []].flat().map(String);
  return {
    get: (name) => (response.hasHeader(name) ? lines(name).join(", ") : undefined),
    names: () => response.getHeaderNames(),
    set: (name, value) => response.setHeader(name, value),
    getSetCookie: () => lines("set-cookie"),
    setSetCookie: (values) => response.setHeader("set-cookie", values),
  };
}

test("the same edits fit a response of node:http, and arrive", async () => {
  const server = createServer((_, response) => {
    response.setHeader("Set-Cookie", ["a=0; Path=/", "b=2"]);
    response.setHeader("Vary", ["Accept", "Origin"]);
    response.setHeader("Cache-Control", "public, max-age=60");
    editHeaders(responseTarget(response), [cookieEdit("a=1"), keepPrivate(noCacheCookie), vary("Cookie")]);
    response.end();
  }).listen(0, "127.0.0.1");
  try {
    await new Promise((resolve) => server.once("listening", resolve));
    const { headers } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(headers.getSetCookie()).toEqual(["b=2", "a=1"]);
    expect(headers.get("vary")).toBe("Accept, Origin, Cookie");
    expect(headers.get("cache-control")).toBe(`max-age=60, private, ${noCacheCookie}`);
  } finally {
    server.close();
  }
});
