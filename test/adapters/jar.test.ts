import { describe, expect, it } from "vitest";
import { createJar } from "../../src/testing/cookie-jar.ts";

/** What a jar sends to one address after another has set these lines. */
function sent(from: string, lines: string[], to: string = from): string | undefined {
  const jar = createJar();
  jar.store(from, lines);
  return jar.header(to);
}

describe("a jar", () => {
  it("a cookie jar keeps cookies by name and sends them back", () => {
    expect(sent("http://localhost/", ["a=1", "b=2; Path=/; HttpOnly", "a=3"])).toBe("a=3; b=2");
    expect(sent("http://localhost/", [" a = 1 ", 'b="2=3"', "=replaced", "nameless"])).toBe('a=1; b="2=3"; nameless');
    expect(sent("http://localhost/", ["", "=", "a=\u0001", `a=${"x".repeat(4096)}`])).toBeUndefined();
  });

  it("a cookie jar forgets a cookie when it expires, by its own clock", () => {
    let now = Date.UTC(2026, 0, 1);
    const jar = createJar({ clock: () => now });
    jar.store("http://localhost/", [
      "age=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
      "date=1; Expires=Thu, 01 Jan 2026 00:02:00 GMT",
      "browser=1",
      "long=1; Max-Age=99999999999",
    ]);
    const names = () => jar.cookies().map(({ name }) => name);
    now += 59_999;
    expect(names()).toEqual(["age", "date", "browser", "long"]);
    now += 1;
    expect(names()).toEqual(["date", "browser", "long"]);
    now += 60_000;
    expect(names()).toEqual(["browser", "long"]);
    now += 400 * 86_400_000;
    expect(names()).toEqual(["browser"]);
  });

  it.each(["Max-Age=0", "Max-Age=-1", "Expires=Thu, 01 Jan 1970 00:00:00 GMT"])(
    "a cookie jar drops a cookie on %s",
    (attribute) => {
      expect(sent("http://localhost/", ["a=1", `a=; ${attribute}`])).toBeUndefined();
    },
  );

  it("a cookie jar keeps what another path or domain has, and sends longer paths first", () => {
    expect(sent("http://localhost/", ["a=root; Path=/", "a=shop; Path=/shop"], "http://localhost/shop/cart")).toBe(
      "a=shop; a=root",
    );
    expect(sent("http://localhost/", ["a=1; Path=/shop"], "http://localhost/shopping")).toBeUndefined();
    expect(sent("http://localhost/shop/cart", ["a=1"], "http://localhost/shop/list")).toBe("a=1");
    expect(sent("http://localhost/shop/cart", ["a=1"], "http://localhost/")).toBeUndefined();
  });

  it("a cookie jar sends a cookie to its host only, or to the domain it names", () => {
    expect(sent("https://a.example.org/", ["a=1"], "https://b.a.example.org/")).toBeUndefined();
    expect(sent("https://a.example.org/", ["a=1; Domain=.Example.org"], "https://b.example.org/")).toBe("a=1");
    expect(sent("https://a.example.org/", ["a=1; Domain=other.org"])).toBeUndefined();
    expect(sent("https://a.example.org/", ["a=1; Domain=org"])).toBeUndefined();
    expect(sent("http://localhost/", ["a=1; Domain=localhost"], "http://x.localhost/")).toBeUndefined();
    expect(sent("http://127.0.0.1/", ["a=1; Domain=0.0.1"])).toBeUndefined();
  });

  it("a cookie jar keeps Secure cookies to https", () => {
    expect(sent("http://localhost/", ["a=1; Secure"])).toBeUndefined();
    expect(sent("https://localhost/", ["a=1; Secure"], "http://localhost/")).toBeUndefined();
    const jar = createJar();
    jar.store("https://localhost/", ["a=1; Secure"]);
    jar.store("http://localhost/", ["a=tossed"]);
    expect(jar.header("https://localhost/")).toBe("a=1");
  });

  it.each([
    ["__Host-a=1; Secure; Path=/", true],
    ["__Host-a=1; Path=/", false],
    ["__Host-a=1; Secure", false],
    ["__Host-a=1; Secure; Path=/shop", false],
    ["__Host-a=1; Secure; Path=/; Domain=a.example.org", false],
    ["__hOSt-a=1; Path=/", false],
    ["=__Host-a=1; Secure; Path=/", false],
    ["__Secure-a=1; Secure", true],
    ["__Secure-a=1", false],
    ["a=1; SameSite=None", false],
    ["a=1; SameSite=None; Secure", true],
    ["a=1; Partitioned", false],
    ["a=1; Partitioned; Secure", true],
  ])("%s is kept: %s", (line, isKept) => {
    expect(sent("https://a.example.org/", [line]) !== undefined).toBe(isKept);
  });

  it("a cookie jar tells a cookie's attributes, and can be emptied", () => {
    const jar = createJar();
    jar.store("https://localhost/shop", ["a=1; HttpOnly; SameSite=STRICT; Secure; Partitioned", "b=2; SameSite=weird"]);
    expect(jar.cookies()).toEqual([
      {
        name: "a",
        value: "1",
        domain: "localhost",
        hostOnly: true,
        path: "/",
        secure: true,
        httpOnly: true,
        sameSite: "strict",
        partitioned: true,
        expiresAt: undefined,
      },
      expect.objectContaining({ name: "b", sameSite: undefined, httpOnly: false, partitioned: false }),
    ]);
    jar.clear();
    expect(jar.cookies()).toEqual([]);
  });
});
