import { describe, expect, test } from "vitest";
import { bearer } from "../../src/transports/bearer.ts";
import { cookie } from "../../src/transports/cookie/index.ts";
import { header } from "../../src/transports/header.ts";
import { query } from "../../src/transports/query.ts";
import { SessionError } from "../../src/types/errors.ts";
import type { RequestHead, TokenDelivery, Transport, TransportContext } from "../../src/types/transport.ts";

const lease: TokenDelivery = { expiresAt: 2_000, now: 1_000, overrides: undefined };

function read(transport: Transport, headers: Record<string, string>, url = "/"): unknown {
  const asked: string[] = [];
  const head: RequestHead = {
    method: "GET",
    url,
    encrypted: true,
    header: (name) => {
      asked.push(name);
      return headers[name];
    },
  };
  const context: TransportContext = { name: "session", head, secure: true, loopback: false };
  const found = transport.read(head, context);
  expect(asked).toEqual(asked.map((name) => name.toLowerCase()));
  return found;
}

function write(transport: Transport, token: string): unknown {
  const head: RequestHead = { method: "GET", url: "/", encrypted: true, header: () => undefined };
  return transport.write?.(token, lease, { name: "session", head, secure: true, loopback: false });
}

const invalid = (make: () => Transport): void => {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(SessionError);
    expect(error).toMatchObject({ code: "INVALID_OPTION", message: expect.stringMatching(/, such as|, as in/) });
    return;
  }
  throw new Error("nothing was thrown");
};

describe("B26: header", () => {
  test("B26: the header transport reads and writes the header of that name", () => {
    expect(read(header("X-Session"), { "x-session": "a.b" })).toBe("a.b");
    expect(write(header("X-Session"), "a.b")).toEqual([{ kind: "set", name: "x-session", value: "a.b" }]);
    expect(header("x-session").vary).toBe("X-Session");
    expect(header("X-MyApp-session").vary).toBe("X-Myapp-Session");
  });

  test("B26: the header transport finds no token without the header or with an empty one", () => {
    expect(read(header("x-session"), {})).toBeUndefined();
    expect(read(header("x-session"), { "x-session": "" })).toBeUndefined();
  });

  test("B26: the header transport clears the token with an empty header", () => {
    const head: RequestHead = { method: "GET", url: "/", encrypted: true, header: () => undefined };
    const context: TransportContext = { name: "session", head, secure: true, loopback: false };
    expect(header("x-session").clear?.(undefined, context)).toEqual([{ kind: "set", name: "x-session", value: "" }]);
  });

  test("B26: the header transport writes no text that could end the header", () => {
    expect(() => write(header("x-session"), "a\r\nset-cookie: b=c")).toThrow(TypeError);
  });

  test.each([
    "",
    "x session",
    "x:y",
    "x\n",
    "é",
    "Cookie",
    "SET-COOKIE",
    "authorization",
    "host",
    "vary",
    "cache-control",
  ])("%j cannot be its name", (name) => {
    invalid(() => header(name));
  });

  test.each([
    "content-length",
    "sec-fetch-site",
    "proxy-authorization",
    "x-forwarded-for",
    "if-match",
    "accept-language",
  ])("%s has another meaning already", (name) => {
    invalid(() => header(name));
  });

  test.each(["x-session", "session", "cookie-session", "authorization-2", "sid"])("%s can be its name", (name) => {
    expect(read(header(name), { [name]: "a" })).toBe("a");
  });

  test.each([undefined, null, 1, {}])("%o is not a name", (name) => {
    invalid(() => header(name as string));
  });
});

describe("B26: bearer", () => {
  test.each([
    ["Bearer a.b", "a.b"],
    ["bearer a.b", "a.b"],
    ["BEARER   a.b", "a.b"],
    ["Bearer v1~a-b_c", "v1~a-b_c"],
    ["Bearer YWJj+/==", "YWJj+/=="],
  ])("B26: the bearer transport reads %j", (value, token) => {
    expect(read(bearer(), { authorization: value })).toBe(token);
  });

  test.each([
    "",
    "Bearer",
    "Bearer ",
    "a.b",
    "Basic a.b",
    "Bearera.b",
    "Bearer a b",
    "Bearer a,b",
    "Bearer =a",
    "xBearer a",
  ])("B26: the bearer transport finds no token in %j", (value) => {
    expect(read(bearer(), { authorization: value })).toBeUndefined();
  });

  test("B26: the bearer transport reads nothing without the header and never writes", () => {
    expect(read(bearer(), { cookie: "__Host-session=a", "x-session": "a" }, "/?session=a")).toBeUndefined();
    expect(bearer().vary).toBe("Authorization");
    expect(bearer()).not.toHaveProperty("write");
    expect(bearer()).not.toHaveProperty("clear");
  });

  test("B47: 256 KiB of anything are read in one pass", () => {
    for (const piece of [" ", "a", "=", "a=", "Bearer "]) {
      expect(read(bearer(), { authorization: `Bearer ${piece.repeat(262_144 / piece.length)}!` })).toBeUndefined();
    }
  });
});

describe("B26: query", () => {
  test.each([
    ["/?sid=a.b", "a.b"],
    ["/path?x=1&sid=a.b&y=2", "a.b"],
    ["https://example.com/?sid=a.b", "a.b"],
    ["https://example.com?sid=a.b#sid=c", "a.b"],
    ["/?sid=&sid=a", "a"],
    ["/?sid=a&sid=b", "a"],
    ["/?&&sid=a", "a"],
    ["/?x=?sid=c&sid=a", "a"],
    ["/?sid=%61", "%61"],
  ])("B26: the query transport reads %s", (url, token) => {
    expect(read(query("sid"), {}, url)).toBe(token);
  });

  test.each([
    "",
    "/",
    "/sid=a",
    "/?",
    "/?sid",
    "/?sid=",
    "/?sid=&x=1",
    "/?sid=#a",
    "/?SID=a",
    "/?s%69d=a",
    "/?xsid=a",
    "/?sid2=a",
    "/?x=sid=a",
    "/#?sid=a",
    "/?x=1#&sid=a",
    "https://sid=a@example.com/",
  ])("B26: the query transport finds no token in %j", (url) => {
    expect(read(query("sid"), {}, url)).toBeUndefined();
  });

  test("B26: the query transport never writes, so a token from the query cannot become a cookie", () => {
    expect(query("sid")).toEqual({ read: expect.any(Function) });
  });

  test.each(["", "a b", "a&b", "a=b", "a#b", "a%20b", "é", undefined, 1])("%j cannot be its parameter", (name) => {
    invalid(() => query(name as string));
  });
});

test("B26: each transport looks at its own place only", () => {
  const headers = { cookie: "__Host-session=c", "x-session": "h", authorization: "Bearer b" };
  const found = [cookie(), header("x-session"), bearer(), query("sid")].map((each) => read(each, headers, "/?sid=q"));
  expect(found).toEqual([["c"], "h", "b", "q"]);
});
