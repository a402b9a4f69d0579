import { createSessions, generateKey, type Session } from "coatcheck";
import { type Csrf, type CsrfOptions, csrf } from "coatcheck/security";
import { cookieStore } from "coatcheck/stores/cookie";
import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, it } from "vitest";
import { Browser } from "../support/browser/visitor.ts";

type Data = Record<string, unknown>;
type Visitor = Browser<Data>;

const stores = { "in a store": () => memoryStore(), "in a sealed cookie": () => cookieStore({ keys: generateKey() }) };
const refused = { name: "SessionError", code: "CROSS_SITE_REQUEST", status: 403 };
const home = "https://shop.test";
const own = { "sec-fetch-site": "same-origin" };

function setUp(options?: CsrfOptions, store: keyof typeof stores = "in a store") {
  const sessions = createSessions<Data>({ store: stores[store]() as never });
  const protection = csrf(sessions, options);
  const tokenOf = async (visitor: Visitor, before?: (session: Session<Data>) => void): Promise<string> =>
    (
      await visitor.visit((session, request) => {
        before?.(session);
        return protection.token(request);
      })
    ).result;
  return { sessions, protection, tokenOf, visitor: new Browser(sessions, home) };
}

/** A request that changes something, as its handler sees it. */
function post(visitor: Visitor, headers: Record<string, string>, body?: BodyInit): Request {
  const { host } = new URL(visitor.origin);
  const init = { method: "POST", headers: { host, cookie: visitor.cookieHeader, ...headers }, body: body ?? null };
  return new Request(`${visitor.origin}/settings`, init);
}

/** Returns the code of the refusal, or "passed". */
async function verdict(
  { sessions }: Pick<ReturnType<typeof setUp>, "sessions">,
  request: Request,
  check: (request: Request) => void | Promise<void>,
): Promise<unknown> {
  let outcome: unknown;
  await sessions.handle(request, async () => {
    try {
      await check(request);
      outcome = "passed";
    } catch (error) {
      outcome = error;
    }
    return new Response();
  });
  return outcome;
}

describe.each(Object.keys(stores) as (keyof typeof stores)[])("csrf() with sessions %s", (store) => {
  it("B153: a token of this session passes, also a second time and from a second tab", async () => {
    const site = setUp({}, store);
    const [first, second] = [await site.tokenOf(site.visitor), await site.tokenOf(site.visitor)];
    for (const token of [first, second, first]) {
      const request = post(site.visitor, { ...own, "x-csrf-token": token });
      expect(await verdict(site, request, site.protection.check)).toBe("passed");
    }
    // Masked anew each time, so that compression tells nothing.
    expect(first).not.toBe(second);
    expect(first).not.toContain(site.visitor.token);
  });

  it("B153: another visitor's token is refused", async () => {
    const site = setUp({}, store);
    const mallory = new Browser(site.sessions, home);
    await site.tokenOf(site.visitor);
    const request = post(site.visitor, { ...own, "x-csrf-token": await site.tokenOf(mallory) });
    expect(await verdict(site, request, site.protection.check)).toMatchObject(refused);
  });

  const changes: (readonly [title: string, change: (session: Session<Data>) => void])[] = [
    ["a login", (session) => session.login("ann")],
    ["a logout", (session) => void session.destroy()],
  ];
  // It ends no copy of a sealed cookie, and so no token either.
  if (store === "in a store") changes.push(["regenerate()", (session) => session.regenerate()]);

  it.each(changes)("B153: a token from before %s is refused, and the next one passes", async (_, change) => {
    const site = setUp({}, store);
    const before = await site.tokenOf(site.visitor);
    await site.visitor.visit(change);
    const after = await site.tokenOf(site.visitor);
    const check = (token: string): Promise<unknown> =>
      verdict(site, post(site.visitor, { ...own, "x-csrf-token": token }), site.protection.check);
    expect(await check(before)).toMatchObject(refused);
    expect(await check(after)).toBe("passed");
  });

  it("B153: the page of a login itself can have a token", async () => {
    const site = setUp({}, store);
    const token = await site.tokenOf(site.visitor, (session) => session.login("ann"));
    const request = post(site.visitor, { ...own, "x-csrf-token": token });
    expect(await verdict(site, request, site.protection.check)).toBe("passed");
  });
});

it("B153: parallel pages of one visitor get tokens that all pass", async () => {
  const site = setUp();
  await site.visitor.visit((session) => void session.set("views", 1));
  const tokens = await Promise.all(Array.from({ length: 20 }, () => site.tokenOf(site.visitor.copy())));
  for (const token of tokens) {
    const request = post(site.visitor, { ...own, "x-csrf-token": token });
    expect(await verdict(site, request, site.protection.check)).toBe("passed");
  }
});

it("B153: what is not this session's token is refused, and no text of the session is shown", async () => {
  const site = setUp();
  const token = await site.tokenOf(site.visitor);
  const wrong = [
    "",
    "x",
    token.slice(0, -1),
    `${token}0`,
    token.toUpperCase(),
    "0".repeat(128),
    token.replace(/.$/, "g"),
  ];
  for (const submitted of [...wrong, [token], { token }, 5]) {
    const error = await verdict(site, post(site.visitor, own), (request) => site.protection.check(request, submitted));
    expect(error, String(submitted)).toMatchObject(refused);
    expect(String(error)).not.toMatch(/[0-9a-f]{16}/);
  }
  // A secret that the application itself has overwritten is no secret.
  await site.visitor.visit((session) => void session.set("csrf", "mine"));
  const error = await verdict(site, post(site.visitor, { ...own, "x-csrf-token": token }), site.protection.check);
  expect(error).toMatchObject(refused);
});

it("B154: methods that change nothing pass", async () => {
  const site = setUp();
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    const request = new Request(home, { method, headers: { "sec-fetch-site": "cross-site" } });
    expect(await verdict(site, request, site.protection.check)).toBe("passed");
  }
});

describe("B154: who may send a request, by what the browser says", () => {
  const trusted = { trustedOrigins: ["https://Admin.example.com"] };
  const cases: [title: string, headers: Record<string, string>, needsToken: "no" | "yes" | "refused"][] = [
    ["the application's own page", { "sec-fetch-site": "same-origin" }, "no"],
    ["its own page, behind a proxy that rewrites Host", { "sec-fetch-site": "same-origin", host: "10.0.0.7" }, "no"],
    ["the address bar", { "sec-fetch-site": "none" }, "no"],
    ["another site", { "sec-fetch-site": "cross-site", origin: "https://evil.test" }, "refused"],
    ["a sibling host", { "sec-fetch-site": "same-site", origin: "https://evil.shop.test" }, "refused"],
    ["a word that is not known", { "sec-fetch-site": "near-by" }, "refused"],
    ["another site that pretends by Origin", { "sec-fetch-site": "cross-site", origin: home }, "refused"],
    ["a trusted origin", { "sec-fetch-site": "same-site", origin: "https://admin.example.com" }, "no"],
    ["an older browser on its own page", { origin: home }, "no"],
    ["an older browser on a page of this host that came over plain http", { origin: "http://shop.test" }, "yes"],
    ["an older browser on another site", { origin: "https://evil.test" }, "refused"],
    ["an older browser on another port", { origin: "https://shop.test:8081" }, "refused"],
    ["a page without an origin, such as a sandbox", { origin: "null" }, "refused"],
    ["an extension", { origin: "moz-extension://shop.test" }, "refused"],
    ["a trusted origin in an older browser", { origin: "https://admin.example.com" }, "no"],
    ["a trusted name with a tail", { origin: "https://admin.example.com.evil.test" }, "refused"],
    ["a program", {}, "yes"],
  ];

  it.each(cases)("%s", async (_, headers, needsToken) => {
    for (const requireToken of ["always", "unknown-sender"] as const) {
      const site = setUp({ ...trusted, requireToken });
      const token = await site.tokenOf(site.visitor);
      const check = (more: Record<string, string>): Promise<unknown> =>
        verdict(site, post(site.visitor, { ...headers, ...more }), site.protection.check);
      const isFree = needsToken === "no" && requireToken === "unknown-sender";
      expect(await check({})).toEqual(isFree ? "passed" : expect.objectContaining(refused));
      expect(await check({ "x-csrf-token": token })).toEqual(
        needsToken === "refused" ? expect.objectContaining(refused) : "passed",
      );
    }
  });
});

describe("checkForm()", () => {
  const forms: [title: string, make: (token: string) => BodyInit][] = [
    ["a form", (token) => new URLSearchParams({ _csrf: token, theme: "dark" })],
    [
      "a form with a file",
      (token) => {
        const form = new FormData();
        form.set("_csrf", token);
        form.set("theme", "dark");
        form.set("picture", new Blob(["x".repeat(1_000)]), "me.png");
        return form;
      },
    ],
  ];

  it.each(forms)("B153: reads the token of %s, whose body stays readable", async (_, make) => {
    const site = setUp();
    const token = await site.tokenOf(site.visitor);
    const good = post(site.visitor, own, make(token));
    expect(await verdict(site, good, site.protection.checkForm)).toBe("passed");
    expect((await good.formData()).get("theme")).toBe("dark");
    const bad = post(site.visitor, own, make("0".repeat(128)));
    expect(await verdict(site, bad, site.protection.checkForm)).toMatchObject(refused);
  });

  it.each([
    ["no body", undefined, {}],
    ["JSON, which is not a form", '{"_csrf":"x"}', { "content-type": "application/json" }],
    ["a form that is broken", "--x\r\nbroken", { "content-type": "multipart/form-data; boundary=y" }],
    ["a form without the field", "theme=dark", { "content-type": "application/x-www-form-urlencoded" }],
  ] as const)("B153: refuses %s", async (_, body, headers) => {
    const site = setUp();
    await site.tokenOf(site.visitor);
    const request = post(site.visitor, { ...own, ...headers }, body);
    expect(await verdict(site, request, site.protection.checkForm)).toMatchObject(refused);
  });

  it("says so if the body was read before", async () => {
    const site = setUp();
    const request = post(site.visitor, own, new URLSearchParams({ _csrf: await site.tokenOf(site.visitor) }));
    await request.text();
    expect(await verdict(site, request, site.protection.checkForm)).toMatchObject({
      name: "TypeError",
      message: expect.stringContaining("when the body had been read"),
    });
  });
});

it.each([
  ["an unknown option", { trustedOrigin: [] }, /Did you mean trustedOrigins\?/],
  ["an origin with a path", { trustedOrigins: ["https://a.example/x"] }, /without a path/],
  ["an origin that is a host", { trustedOrigins: ["a.example"] }, /without a path/],
  ["another word", { requireToken: "never" }, /"always" or "unknown-sender"/],
])("refuses %s", (_, options, message) => {
  const sessions = createSessions();
  const make = (): Csrf => csrf(sessions, options as never);
  expect(make).toThrow(expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringMatching(message) }));
});
