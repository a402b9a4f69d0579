import { parseSetCookie } from "cookie";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cookie } from "../../src/transports/cookie/index.ts";
import { SessionError } from "../../src/types/errors.ts";
import type { CookieAttributes } from "../../src/types/options.ts";
import type { CookieOverrides, RequestHead, TokenDelivery, TransportContext } from "../../src/types/transport.ts";

const DAY = 86_400_000;
const now = Date.UTC(2026, 10, 21, 8, 30, 0, 250);
const token = "AAAAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA";
const lease: TokenDelivery = { expiresAt: now + DAY, now, overrides: undefined };
const open: TokenDelivery = { ...lease, expiresAt: undefined };

const head = (headers: Record<string, string> = {}): RequestHead => ({
  method: "GET",
  url: "/",
  encrypted: false,
  header: (name) => headers[name],
});
const where = (secure: boolean, loopback: boolean, headers?: Record<string, string>): TransportContext => ({
  name: "session",
  head: head(headers),
  secure,
  loopback,
});
const https = where(true, false);
const localhost = where(false, true);
const plainHttp = where(false, false);

function written(attributes?: CookieAttributes, context = https, wanted = lease): string {
  const edits = cookie(attributes).write?.(token, wanted, context) ?? [];
  expect(edits).toEqual([{ kind: "cookie", name: edits[0]?.value.split("=")[0], value: expect.any(String) }]);
  return edits[0]?.value ?? "";
}

const cleared = (attributes?: CookieAttributes, context = https, overrides?: CookieOverrides): string =>
  cookie(attributes).clear?.(overrides, context)[0]?.value ?? "";

const sorted = (line: string): string[] => line.split("; ").sort();

function failure(action: () => unknown): SessionError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(SessionError);
    return error as SessionError;
  }
  throw new Error("nothing was thrown");
}

describe("B21: the golden cookie", () => {
  const expires = "Expires=Sun, 22 Nov 2026 08:30:00 GMT";

  test("B21: the default cookie over https", () => {
    expect(sorted(written())).toEqual(
      sorted(`__Host-session=${token}; Path=/; ${expires}; Max-Age=86400; HttpOnly; Secure; SameSite=Lax`),
    );
  });

  test("B21: the default cookie over http on localhost", () => {
    expect(sorted(written({}, localhost))).toEqual(
      sorted(`session=${token}; Path=/; ${expires}; Max-Age=86400; HttpOnly; SameSite=Lax`),
    );
  });

  test("B21: the default cookie that ends with the browser", () => {
    expect(sorted(written({}, https, open))).toEqual(
      sorted(`__Host-session=${token}; Path=/; HttpOnly; Secure; SameSite=Lax`),
    );
  });

  const defaults = ["HttpOnly", "Path=/", "SameSite=Lax", "Secure", `__Host-session=${token}`];
  const changes: [CookieAttributes, string[], string[]][] = [
    [{ path: "/app" }, ["Path=/", `__Host-session=${token}`], ["Path=/app", `__Secure-session=${token}`]],
    [{ domain: "example.com" }, [`__Host-session=${token}`], ["Domain=example.com", `__Secure-session=${token}`]],
    [{ secure: true }, [], []],
    [{ secure: "auto" }, [], []],
    [{ secure: false }, ["Secure", `__Host-session=${token}`], [`session=${token}`]],
    [{ httpOnly: false }, ["HttpOnly"], []],
    [{ sameSite: "strict" }, ["SameSite=Lax"], ["SameSite=Strict"]],
    [{ sameSite: "none", secure: true }, ["SameSite=Lax"], ["SameSite=None"]],
    [{ partitioned: true, secure: true }, [], ["Partitioned"]],
    [{ priority: "high" }, [], ["Priority=High"]],
    [{ prefix: "" }, [`__Host-session=${token}`], [`session=${token}`]],
    [{ prefix: "__Host-" }, [], []],
    [{ prefix: "__Secure-" }, [`__Host-session=${token}`], [`__Secure-session=${token}`]],
    [{ path: undefined, domain: undefined, secure: undefined, httpOnly: undefined, sameSite: undefined }, [], []],
  ];

  test.each(changes)("%o changes no other default", (attributes, gone, come) => {
    const expected = [...defaults.filter((part) => !gone.includes(part)), ...come].sort();
    expect(sorted(written(attributes, https, open))).toEqual(expected);
  });

  test("secure: true holds over http too, for servers that do not see their proxy's https", () => {
    expect(written({ secure: true }, plainHttp)).toBe(written({}, https));
  });

  test("a prefix stands only where the cookie is Secure", () => {
    expect(written({ prefix: "__Host-" }, localhost)).toMatch(/^session=/);
    expect(written({ prefix: "__Secure-", secure: true }, localhost)).toMatch(/^__Secure-session=.*; Secure/);
  });

  test("later changes of the attributes object change nothing", () => {
    const attributes: CookieAttributes = { sameSite: "strict" };
    const transport = cookie(attributes);
    attributes.sameSite = "none";
    expect(transport.write?.(token, open, https)[0]?.value).toContain("SameSite=Strict");
  });
});

describe("B21: refused at construction, with a message", () => {
  const refused: [unknown, RegExp][] = [
    [{ sameSite: "none" }, /secure: true/],
    [{ sameSite: "none", secure: "auto" }, /secure: true/],
    [{ sameSite: "none", secure: false }, /secure: true/],
    [{ partitioned: true }, /secure: true/],
    [{ partitioned: true, secure: false }, /secure: true/],
    [{ prefix: "__Host-", domain: "example.com" }, /Domain/],
    [{ prefix: "__Host-", path: "/app" }, /Path/],
    [{ prefix: "__Host-", secure: false }, /without Secure/],
    [{ prefix: "__Secure-", secure: false }, /without Secure/],
    [{ prefix: "__host-" }, /prefix must be one of/],
    [{ path: "" }, /begin with "\/"/],
    [{ path: "app" }, /begin with "\/"/],
    [{ path: "/a; Domain=evil.example" }, /printable ASCII/],
    [{ path: "/a\r\nX: y" }, /printable ASCII/],
    [{ path: "/é" }, /printable ASCII/],
    [{ path: `/${"a".repeat(1024)}` }, /1024/],
    [{ path: 1 }, /path/],
    [{ path: null }, /path/],
    [{ domain: "" }, /host name/],
    [{ domain: "example.com." }, /host name/],
    [{ domain: "example.com:80" }, /host name/],
    [{ domain: "https://example.com" }, /host name/],
    [{ domain: "example.com; Secure" }, /host name/],
    [{ domain: "a b" }, /host name/],
    [{ domain: `${"a.".repeat(512)}com` }, /host name/],
    [{ domain: ["example.com"] }, /host name/],
    [{ sameSite: "lax; Domain=evil" }, /sameSite must be one of "lax", "strict", "none"/],
    [{ sameSite: "Lax" }, /sameSite/],
    [{ sameSite: true }, /sameSite/],
    [{ sameSite: false }, /sameSite/],
    [{ priority: "urgent" }, /priority/],
    [{ priority: "toString" }, /priority/],
    [{ httpOnly: "false" }, /httpOnly/],
    [{ httpOnly: 0 }, /httpOnly/],
    [{ httpOnly: null }, /httpOnly/],
    [{ secure: "yes" }, /secure must be one of/],
    [{ secure: null }, /secure must be one of/],
    [{ partitioned: "true" }, /partitioned must be one of/],
    [{ maxAge: 60 }, /idleTimeout/],
    [{ expires: new Date() }, /idleTimeout/],
    [{ name: "sid" }, /createSessions/],
    [{ samesite: "lax" }, /no option "samesite".*sameSite/],
    [{ signed: true }, /no option "signed"/],
    [null, /object/],
    ["lax", /object/],
  ];

  test.each(refused)("%o", (attributes, message) => {
    const error = failure(() => cookie(attributes as CookieAttributes));
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^[A-Z].*[.?]$/);
  });

  test.each(["", "a b", "a;b", "a=b", "a,b", 'a"b', "a/b", "a[b", "sess\u00efon", "a\0", "a\n"])(
    "B21: a cookie cannot be named %j",
    (name) => {
      const error = failure(() => cookie().check?.(name));
      expect(error.code).toBe("INVALID_OPTION");
      expect(error.message).toMatch(/^[A-Z].*\.$/);
    },
  );

  test.each(["__Host-session", "__secure-x", "__HOST-", "__Http-session", "__Host-Http-session"])(
    "B21: a cookie cannot be named %s with these options",
    (name) => {
      const error = failure(() => cookie().check?.(name));
      expect(error.code).toBe("INVALID_OPTION");
      expect(error.message).toMatch(/without its prefix/);
    },
  );

  test.each(["session", "connect.sid", "__session", "x-__Host-", "!#$%&'*+-.^_`|~09AZaz"])(
    "B21: a cookie may be named %s",
    (name) => {
      expect(() => cookie().check?.(name)).not.toThrow();
    },
  );
});

describe("lifetime", () => {
  const ages = (expiresAt: number) => {
    const { maxAge, expires } = parseSetCookie(written({}, https, { ...lease, expiresAt }));
    return { maxAge, expires: expires?.getTime() };
  };
  const atSecond = (time: number) => Math.floor(time / 1000) * 1000;

  test.each([
    [1_000, 1],
    [1_999, 2],
    [60_000.7, 61],
    [400 * DAY, 34_560_000],
    [400 * DAY + 5_000, 34_560_000],
    [Number.POSITIVE_INFINITY, 34_560_000],
  ])("%d ms from now is Max-Age=%d, and Expires says the same", (later, seconds) => {
    expect(ages(now + later)).toEqual({ maxAge: seconds, expires: atSecond(now + seconds * 1000) });
  });

  test.each([999, 0, -1, -DAY])("%d ms from now is one second, never zero or negative", (later) => {
    expect(ages(now + later).maxAge).toBe(1);
  });
});

describe("a session's own attributes", () => {
  test("a session's own attributes win over those of the manager, one by one", () => {
    const strict = written({ priority: "low" }, https, { ...open, overrides: { sameSite: "strict" } });
    expect(sorted(strict)).toEqual(
      sorted(`__Host-session=${token}; Path=/; HttpOnly; Secure; Priority=Low; SameSite=Strict`),
    );
    const visible = written({ priority: "low" }, https, { ...open, overrides: { httpOnly: false, priority: "high" } });
    expect(sorted(visible)).toEqual(sorted(`__Host-session=${token}; Path=/; Secure; Priority=High; SameSite=Lax`));
    const untouched = written({ httpOnly: false }, https, { ...open, overrides: { httpOnly: undefined } });
    expect(untouched).not.toContain("HttpOnly");
  });

  test("sameSite none is written where the cookie is Secure, and refused before it is stored elsewhere", () => {
    const overrides = { sameSite: "none" } as const;
    expect(written({}, https, { ...open, overrides })).toMatch(/; Secure; SameSite=None/);
    expect(() => cookie().checkOverrides?.(overrides, https)).not.toThrow();
    const error = failure(() => cookie().checkOverrides?.(overrides, localhost));
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toContain("secure: true");
  });

  test("a stored sameSite none gives way to the manager's in a response without Secure", () => {
    expect(written({}, localhost, { ...open, overrides: { sameSite: "none" } })).toContain("SameSite=Lax");
    expect(written({ sameSite: "strict" }, localhost, { ...open, overrides: { sameSite: "none" } })).toContain(
      "SameSite=Strict",
    );
  });

  test.each<unknown>([
    { sameSite: "lax; Domain=evil" },
    { httpOnly: 1 },
    { priority: "High" },
    { domain: "evil.example" },
    { toString: "lax" },
  ])("%o is never written", (overrides) => {
    const bad = overrides as CookieOverrides;
    expect(failure(() => cookie().write?.(token, { ...open, overrides: bad }, https)).code).toBe("INVALID_OPTION");
    expect(failure(() => cookie().clear?.(bad, https)).code).toBe("INVALID_OPTION");
  });
});

describe("B8: the expiring cookie", () => {
  const variants: [CookieAttributes, TransportContext, CookieOverrides | undefined][] = [
    [{}, https, undefined],
    [{}, localhost, undefined],
    [{ path: "/app", domain: "example.com", sameSite: "strict", httpOnly: false }, https, undefined],
    [{ secure: true, partitioned: true, sameSite: "none", prefix: "__Secure-" }, plainHttp, undefined],
    [{ secure: false }, plainHttp, { sameSite: "strict", httpOnly: false }],
  ];

  test.each(variants)("%o differs from the living one in value and lifetime only", (attributes, context, overrides) => {
    const { value, ...living } = parseSetCookie(written(attributes, context, { ...open, overrides }));
    const end = parseSetCookie(cleared(attributes, context, overrides));
    expect(value).toBe(token);
    expect(end).toEqual({ ...living, value: "", maxAge: 0, expires: new Date(0) });
  });

  test("B8: the expiring cookie is allowed over plain http, where it reveals nothing", () => {
    expect(cleared({}, plainHttp)).toMatch(/^session=; Max-Age=0; /);
  });
});

describe("B22: http off loopback", () => {
  test("B22: http off loopback is refused before anything is stored, and on writing", () => {
    expect(failure(() => cookie().ready?.(plainHttp)).code).toBe("INSECURE_TRANSPORT");
    expect(failure(() => cookie().write?.(token, lease, plainHttp)).code).toBe("INSECURE_TRANSPORT");
  });

  test.each([
    [{}, /terminates TLS, let it send X-Forwarded-Proto and set trustProxy: true/],
    [{ forwarded: "for=10.0.0.1" }, /terminates TLS, let it send X-Forwarded-Proto and set trustProxy: true/],
    [{ "x-forwarded-proto": "https" }, /says https, but is not trusted: set trustProxy/],
    [{ forwarded: "for=10.0.0.1;proto=https" }, /says https, but is not trusted: set trustProxy/],
    [{ "x-forwarded-proto": "http" }, /also says http.*redirect to https/],
  ])("the sentence says what was seen (%o) and what to set", (headers, seen) => {
    const { message } = failure(() => cookie().ready?.(where(false, false, headers as Record<string, string>)));
    expect(message).toMatch(seen);
    expect(message).toContain("trustProxy");
    expect(message).toContain("secure: false");
  });

  test("B22: http off loopback is fine where the application decided: secure true or false, https, loopback", () => {
    expect(() => cookie({ secure: true }).ready?.(plainHttp)).not.toThrow();
    expect(() => cookie({ secure: false }).ready?.(plainHttp)).not.toThrow();
    expect(() => cookie().ready?.(https)).not.toThrow();
    expect(() => cookie().ready?.(localhost)).not.toThrow();
  });
});

describe("reading", () => {
  const read = (header: string | undefined, context: TransportContext, attributes?: CookieAttributes) =>
    cookie(attributes).read(head(header === undefined ? {} : { cookie: header }), context);
  const unread = (header: string | undefined, context: TransportContext, attributes?: CookieAttributes) =>
    cookie(attributes).explainUnread?.(head(header === undefined ? {} : { cookie: header }), context);
  const both = "session=plain; __Host-session=host; __Secure-session=secure";

  test("the cookie transport knows only the name that this response would use", () => {
    expect(read(both, https)).toEqual(["host"]);
    expect(read(both, localhost)).toEqual(["plain"]);
    expect(read(both, plainHttp, { secure: false })).toEqual(["plain"]);
    expect(read(both, plainHttp, { secure: true })).toEqual(["host"]);
    expect(read(both, https, { secure: false })).toEqual(["plain"]);
    expect(read(both, https, { domain: "example.com" })).toEqual(["secure"]);
    expect(read(both, https, { prefix: "__Secure-" })).toEqual(["secure"]);
  });

  test("B67: the cookie transport reads no token over plain http off loopback, and says why", () => {
    expect(read(both, plainHttp)).toBeUndefined();
    expect(unread(both, plainHttp)).toMatchObject({ code: "INSECURE_TRANSPORT" });
    expect(unread("x=1", plainHttp)).toBeUndefined();
  });

  test.each([
    ["session=a", https, {}, /came as session .* reads __Host-session\. .*trustProxy/],
    ["__Secure-session=a", https, {}, /came as __Secure-session .* reads __Host-session\. .*path, domain or prefix/],
    [
      "__Host-session=a",
      https,
      { domain: "example.com" },
      /came as __Host-session .* reads __Secure-session\. .*domain/,
    ],
    ["__Host-session=a", plainHttp, {}, /came as __Host-session .* reads session\. .*trustProxy/],
    ["__Host-session=a", localhost, {}, /came as __Host-session .* reads session\. .*trustProxy/],
    ["__Host-session=a", https, { secure: false }, /came as __Host-session .* reads session\. .*secure: false/],
  ] as [string, TransportContext, CookieAttributes, RegExp][])(
    "B68: %s under another name is explained by the setting",
    (header, context, attributes, message) => {
      expect(unread(header, context, attributes)?.code).toBe("OTHER_COOKIE_NAME");
      expect(unread(header, context, attributes)?.message).toMatch(message);
    },
  );

  test("B68: nothing is explained where no cookie of ours came", () => {
    expect(unread(undefined, https)).toBeUndefined();
    expect(unread("mysession=a; session2=b; x=session; __Host-session=", https)).toBeUndefined();
  });

  test("the cookie transport gives no token without the cookie", () => {
    expect(read(undefined, https)).toBeUndefined();
    expect(read("x=1", https)).toEqual([]);
    expect(read("__Host-session=", https)).toEqual([]);
  });

  test("B27: the cookie transport gives up to four candidates, so that three can be tried and a fourth be seen", () => {
    const header = ["a", "b", "c", "d", "e"].map((value) => `__Host-session=${value}`).join("; ");
    expect(read(header, https)).toEqual(["a", "b", "c", "d"]);
  });

  test("the cookie transport finds what was written and what issue() presents", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9._~-]{1,200}$/), fc.boolean(), (text, secure) => {
        const context = secure ? https : localhost;
        const [pair = ""] = (cookie().write?.(text, open, context)[0]?.value ?? "").split(";");
        expect(cookie().present?.(text, "session", secure)).toBe(pair);
        expect(read(`x=1; ${pair}`, context)).toEqual([text]);
      }),
    );
  });

  test("responses vary by the cookie", () => {
    expect(cookie().vary).toBe("Cookie");
  });
});

describe("B32: size", () => {
  const write = (length: number, name = "session") => cookie().write?.("x".repeat(length), lease, { ...https, name });
  const room = 4096 - "__Host-session".length;

  test("4,096 bytes of name and value pass, 4,097 throw", () => {
    expect(write(room)).toHaveLength(1);
    const error = failure(() => write(room + 1));
    expect(error.code).toBe("COOKIE_TOO_LARGE");
    expect(error.message).toMatch(/4097 bytes.*4096/);
    expect(error.message).not.toContain("xxx");
  });

  test("the name as it is sent counts", () => {
    expect(failure(() => write(room, "session2")).code).toBe("COOKIE_TOO_LARGE");
  });
});

test.each(["a;b", "a b", "a\r\nb", "é", 'a"b', ""])(
  "what no token is made of (%j) throws without being shown",
  (text) => {
    const write = () => cookie().write?.(text, lease, https);
    expect(write).toThrow(TypeError);
    expect(write).toThrow(/^A token may contain only A-Z a-z 0-9/);
  },
);
