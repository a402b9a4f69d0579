import { createSessions, type Sessions } from "coatcheck";
import { type DevicesOptions, deviceLabel, devicesHandler } from "coatcheck/admin";
import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, onTestFinished, test } from "vitest";
import { createJar } from "../../../src/testing/cookie-jar.ts";
import { PageVisitor } from "../../support/operations/page-visitor.ts";
import { spyOn } from "../../support/stores/spy.ts";
import { patient } from "../../support/stores/stores.ts";

interface Data {
  device: string;
}

interface Listed {
  readonly own: { readonly id: string; readonly label?: string };
  readonly others: { readonly id: string; readonly label?: string; readonly lastSeenAt: string }[];
  readonly cursor?: string;
  readonly csrf: string;
}

function setUp(options: DevicesOptions = {}) {
  const store = spyOn(memoryStore());
  const sessions = createSessions<Data>({ ...patient, store, pruneInterval: false, touchInterval: "1h" });
  onTestFinished(() => sessions.close());
  const page = devicesHandler(sessions, options);
  const signIn = async (userId: string, device?: string): Promise<PageVisitor & { id: string }> => {
    const data = device === undefined ? {} : { device };
    const { cookie, id } = await sessions.issue({ userId, secure: true, data });
    const jar = createJar();
    jar.store("https://shop.test/", [`${cookie}; Secure; Path=/`]);
    const visitor = new PageVisitor((request) => sessions.handle(request, page), "/account/devices", jar);
    return Object.assign(visitor, { id });
  };
  return { store, sessions, page, signIn };
}

const idsOf = async (sessions: Sessions<Data>, userId: string): Promise<string[]> =>
  (await sessions.list({ userId })).sessions.map(({ id }) => id).toSorted();

describe("devicesHandler()", () => {
  test("B180: shows this device and the user's others, with label and times, and nobody else's", async () => {
    const { signIn } = setUp();
    const ann = await signIn("ann", "Firefox on Linux");
    const phone = await signIn("ann", "Safari on iPhone");
    const bob = await signIn("bob", "Chrome on Windows");
    const { status, body } = await ann.ask();
    expect(status).toBe(200);
    expect(body).toMatch(/Firefox on Linux<\/bdi><\/strong> <span class="badge">This device/);
    expect(body).toMatch(/Safari on iPhone<\/bdi><\/strong>\n/);
    expect(body).toMatch(/Last seen <time datetime="[^"]+" title="[^"]+">[^<]+<\/time>, signed in since <time/);
    expect(body).not.toContain("Chrome");
    expect(body).not.toContain(bob.id);
    const { own, others } = await ann.json<Listed>();
    expect([own.id, own.label]).toEqual([ann.id, "Firefox on Linux"]);
    expect(others.map(({ id, label }) => [id, label])).toEqual([[phone.id, "Safari on iPhone"]]);
  });

  test("B180: signs out one device, and all others", async () => {
    const { sessions, signIn } = setUp();
    const [ann, phone, tablet] = [await signIn("ann"), await signIn("ann"), await signIn("ann")];
    const bob = await signIn("bob");
    const answer = await ann.submit({ end: phone.id });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "?"]);
    expect(await ann.note()).toBe("That device is signed out.");
    expect(await ann.note()).toBeUndefined();
    expect((await phone.ask()).status).toBe(401);
    expect((await tablet.ask()).status).toBe(200);
    await signIn("ann");
    await ann.submit({ end: "others" });
    expect(await ann.note()).toBe("Signed out on other devices: 2.");
    expect(await idsOf(sessions, "ann")).toEqual([ann.id]);
    expect(await idsOf(sessions, "bob")).toEqual([bob.id]);
  });

  test("B180: signing out this device ends it, and leads where the application says", async () => {
    const { sessions, signIn } = setUp({ signedOut: "/bye" });
    const ann = await signIn("ann");
    const { status, headers } = await ann.submit({ end: ann.id });
    expect([status, headers.get("location")]).toEqual([303, "/bye"]);
    expect(headers.get("clear-site-data")).toBe('"cache", "storage"');
    expect(await idsOf(sessions, "ann")).toEqual([]);
    expect(ann.jar.cookies()).toEqual([]);
  });

  test("B180: a script gets and does the same as JSON", async () => {
    const { sessions, signIn } = setUp();
    const [ann, phone] = [await signIn("ann"), await signIn("ann")];
    const { csrf } = await ann.json<Listed>();
    const headers = { accept: "application/json", "content-type": "application/json", "x-csrf-token": csrf };
    const answer = await ann.ask("", { method: "POST", headers, body: JSON.stringify({ end: phone.id }) });
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { ended: 1 }]);
    expect(await idsOf(sessions, "ann")).toEqual([ann.id]);
    const { "x-csrf-token": _, ...without } = headers;
    const refused = await ann.ask("", { method: "POST", headers: without, body: JSON.stringify({ end: "others" }) });
    expect([refused.status, JSON.parse(refused.body)]).toEqual([403, { error: "CROSS_SITE_REQUEST" }]);
    const stranger = await new PageVisitor(ann.send).ask("", { headers: { accept: "application/json" } });
    expect([stranger.status, JSON.parse(stranger.body)]).toEqual([401, { error: "NOT_SIGNED_IN" }]);
  });

  test("B180: a page costs few calls of the store, however many sessions there are", async () => {
    const { store, signIn } = setUp();
    const ann = await signIn("ann");
    for (let count = 0; count < 120; count++) await signIn("ann", `Device ${count}`);
    await ann.ask();
    store.calls.length = 0;
    const { body } = await ann.ask();
    expect(store.calls).toEqual(["read", "list"]);
    const seen = new Set<string>();
    let cursor = /href="\?cursor=([^"]+)"/.exec(body)?.[1];
    const read = (text: string): void =>
      void text.match(/Device \d+(?=<\/bdi>)/g)?.forEach((one) => void seen.add(one));
    read(body);
    for (let pages = 0; cursor !== undefined && pages < 5; pages++) {
      const { body: next } = await ann.ask(`?cursor=${cursor}`);
      read(next);
      cursor = /href="\?cursor=([^"]+)"/.exec(next)?.[1];
    }
    expect(seen.size).toBe(120);
  });

  test("B180: has the application's words, in its language", async () => {
    const { signIn } = setUp({
      lang: "de",
      home: "/konto?a=1&b=2",
      words: { title: "Wo du angemeldet bist", lastSeen: "Zuletzt {when}", home: "Zurück" },
    });
    const { body } = await (await signIn("ann")).ask();
    expect(body).toContain('<html lang="de">');
    expect(body).toContain("<h1>Wo du angemeldet bist</h1>");
    expect(body).toMatch(/Zuletzt <time [^>]*>(jetzt|vor \d+ [^<]+)<\/time>/);
    expect(body).toContain('<a href="/konto?a=1&amp;b=2">Zurück</a>');
    for (const wrong of [{ lang: "no language" }, { words: { titel: "x" } }, { label: 1 }, { signin: "/" }]) {
      expect(() => setUp(wrong as DevicesOptions), JSON.stringify(wrong)).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION" }),
      );
    }
  });
});

describe("devicesHandler() under attack", () => {
  const strange = "<img src=x onerror=alert(1)>\"'&\u202e\u0000";

  test("B181: escapes what a visitor can put into a label", async () => {
    const { signIn } = setUp();
    const ann = await signIn("ann", strange);
    await signIn("ann", strange + "x".repeat(5_000));
    const { body } = await ann.ask();
    expect(body.match(/<img/g)).toBeNull();
    expect(body).toContain("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;\\u{202e}\\u{0}");
    expect(body.length).toBeLessThan(20_000);
  });

  test.each(["<script>", `"><b>`, "%00", "x".repeat(10_000), "-1", "1:2:3", "__proto__"])(
    "B181: a cursor that somebody made up is no page of its own: %#",
    async (cursor) => {
      const { signIn } = setUp();
      const { status, body } = await (await signIn("ann")).ask(`?cursor=${encodeURIComponent(cursor)}`);
      expect(status).toBe(200);
      expect(body).not.toContain("<script");
      expect(body).not.toContain('"><b>');
    },
  );

  test("B181: sends headers that keep caches, frames and other sites out", async () => {
    const { signIn } = setUp();
    const ann = await signIn("ann");
    for (const { headers } of [await ann.ask(), await ann.post({ end: "others" }), await ann.submit({ end: "x" })]) {
      expect(headers.get("cache-control")).toMatch(/no-store/);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("vary")).toMatch(/Cookie/i);
    }
    expect((await ann.ask()).headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]+=*'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
  });

  test.each([
    ["without a token", {}, {}],
    ["with a made-up token", { _csrf: "0".repeat(128) }, {}],
    ["from another site, with the right token", { _csrf: "own" }, { "sec-fetch-site": "cross-site" }],
    ["from a sibling host, with the right token", { _csrf: "own" }, { "sec-fetch-site": "same-site" }],
    ["with the token of another visitor", { _csrf: "other" }, {}],
    ["with a body that is no form", { _csrf: "own" }, { "content-type": "text/plain" }],
  ] as const)("B181: a form %s ends no session", async (_, fields, headers) => {
    const { sessions, signIn } = setUp();
    const [ann, phone, bob] = [await signIn("ann"), await signIn("ann"), await signIn("bob")];
    const tokens: Record<string, string> = { own: await ann.token(), other: await bob.token() };
    const given = "_csrf" in fields ? { _csrf: tokens[fields._csrf] ?? fields._csrf } : {};
    for (const end of ["others", phone.id, ann.id]) {
      const { status, body } = await ann.post({ ...given, end }, headers);
      expect(status).toBe(403);
      expect(body).toContain("Nothing was changed");
    }
    expect(await idsOf(sessions, "ann")).toEqual([ann.id, phone.id].toSorted());
  });

  test("B181: another user's session, or an id that is none, ends nothing and looks the same", async () => {
    const { sessions, signIn } = setUp();
    const [ann, bob] = [await signIn("ann"), await signIn("bob")];
    for (const end of [bob.id, "", "x", "x".repeat(5_000), "../..", "others ", "\u0000", strange]) {
      expect((await ann.submit({ end })).status).toBe(303);
      expect(await ann.note()).toBe("That device was not signed in any more.");
    }
    expect(await idsOf(sessions, "bob")).toEqual([bob.id]);
    expect(await idsOf(sessions, "ann")).toEqual([ann.id]);
  });

  test("B181: a body that is too long is refused", async () => {
    const { sessions, signIn } = setUp();
    const [ann, phone] = [await signIn("ann"), await signIn("ann")];
    const _csrf = await ann.token();
    expect((await ann.post({ _csrf, end: "others", more: "x".repeat(100_000) })).status).toBe(413);
    expect(await idsOf(sessions, "ann")).toEqual([ann.id, phone.id].toSorted());
  });

  test("B181: HEAD changes nothing and has no body; other methods are refused", async () => {
    const { store, signIn } = setUp();
    const ann = await signIn("ann");
    const head = await ann.ask("", { method: "HEAD" });
    expect([head.status, head.body, store.calls.includes("replace")]).toEqual([200, "", false]);
    const answers = await Promise.all(["OPTIONS", "PUT", "DELETE", "PATCH"].map((method) => ann.ask("", { method })));
    expect(answers.map(({ status }) => status)).toEqual([204, 405, 405, 405]);
    expect(new Set(answers.map(({ headers }) => headers.get("allow")))).toEqual(new Set(["GET, HEAD, POST, OPTIONS"]));
  });

  test("B181: a stranger sees nothing, and is sent to the sign-in if it is named", async () => {
    const { store, sessions, page } = setUp();
    const stranger = PageVisitor.of(sessions, page);
    for (const { status, body } of [await stranger.ask(), await stranger.post({ end: "others" })]) {
      expect([status, body.includes("You are not signed in")]).toEqual([401, true]);
    }
    expect(store.calls).toEqual([]);
    const named = PageVisitor.of(sessions, devicesHandler(sessions, { signIn: "/sign-in" }));
    const { status, headers } = await named.ask();
    expect([status, headers.get("location")]).toEqual([303, "/sign-in"]);
  });

  test("B181: a failing store is an error of the application's, not a page", async () => {
    const { store, signIn } = setUp();
    const ann = await signIn("ann");
    store.fail("list", "before");
    expect((await ann.ask()).status).toBe(503);
  });
});

describe("deviceLabel()", () => {
  test.each([
    ["Firefox on Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"],
    [
      "Edge on Windows",
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
    ],
    [
      "Chrome on macOS",
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    ],
    [
      "Chrome on Android",
      "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
    ],
    [
      "Safari on iPhone",
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
    ],
    [
      "Chrome on iPad",
      "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.7339.39 Mobile/15E148 Safari/604.1",
    ],
    [
      "Opera on Windows",
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 OPR/122.0.0.0",
    ],
    [
      "Chrome on ChromeOS",
      "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    ],
    ["curl", "curl/8.5.0"],
    ["Linux", "SomeApp/1.0 (Linux)"],
    ["Unknown device", "<script>alert(1)</script>"],
    ["Unknown device", ""],
  ])("B182: says %s, and nothing of the header's own text", (label, agent) => {
    expect(deviceLabel({ headers: { "user-agent": agent } })).toBe(label);
    expect(deviceLabel(new Request("https://shop.test/", { headers: { "user-agent": agent } }))).toBe(label);
  });

  test("B182: says of no header that the device is unknown", () => {
    expect(deviceLabel({ headers: {} })).toBe("Unknown device");
  });
});
