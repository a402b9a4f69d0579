import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { byNpm, copyOfProject, type Example } from "../../support/examples/server.ts";
import { readPage, Visitor } from "../../support/examples/shop-visitor.ts";
import { freePort } from "../../support/servers/port.ts";

const day = 86_400;
let folder: string;
let port: number;
let example: Example;
const visitor = (agent?: string): Visitor => new Visitor(example.url, agent);

/** The attributes of a Set-Cookie line by name. */
function attributes(line: string | undefined): Record<string, string | true> {
  const parts = (line ?? "").split("; ").slice(1);
  return Object.fromEntries(parts.map((part) => part.split("=")).map(([name, value]) => [name, value ?? true]));
}

/** What the server itself has to complain about. */
/** What is written to standard error, but for what npm and the build say of themselves. */
const complaints = (): string[] =>
  example.output.stderr.split("\n").filter((line) => line && !/^(?:npm |Building dist|Built in )/.test(line));

beforeAll(async () => {
  folder = copyOfProject();
  port = await freePort();
  example = await byNpm(folder, { PORT: String(port) });
});

afterAll(async () => {
  await example?.end("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
});

describe("npm start", () => {
  it("npm start makes the database and a key beside it, and says where it is", () => {
    const lines = example.output.stdout.split("\n").filter((line) => line !== "" && !line.startsWith(">"));
    expect(lines).toEqual([
      "SESSION_KEYS is not set: made a key and keep it in data/sessions.db.key",
      `The coatcheck is open, with sessions in SQLite: http://localhost:${port}`,
    ]);
    for (const file of ["sessions.db", "sessions.db.key"]) {
      expect(statSync(join(folder, "data", file)).mode & 0o777, file).toBe(0o600);
    }
    expect(complaints()).toEqual([]);
  });
});

describe("the plain endpoints", () => {
  it("the plain endpoints keep a value for seven days", async () => {
    const curl = visitor();
    expect(await curl.text("/read-session")).toBe("foo=");
    const { setCookies, headers } = await curl.ask("/create-session");
    expect(headers.get("content-type")).toMatch(/^text\/plain/);
    expect(setCookies).toHaveLength(1);
    const { Expires: expires, ...rest } = attributes(setCookies[0]);
    expect(rest).toEqual({ Path: "/", HttpOnly: true, SameSite: "Lax", "Max-Age": String(7 * day) });
    expect(Math.abs(Date.parse(String(expires)) - Date.now() - 7 * day * 1000)).toBeLessThan(600_000);
    expect(await curl.text("/read-session")).toBe("foo=bar");
    expect(await visitor().text("/read-session")).toBe("foo=");
  });

  it("the plain endpoints remember a user until cleared", async () => {
    const curl = visitor();
    expect(await curl.text("/get")).toBe("Not authenticated");
    expect(await curl.text("/set")).toBe("Succeed");
    expect(await curl.text("/get")).toBe("Authenticated as 123");
    expect(await curl.text("/clear")).toBe("Cleared");
    expect(await curl.text("/get")).toBe("Not authenticated");
  });

  it("B17: the plain endpoints hand a flash message out once", async () => {
    const curl = visitor();
    expect(await curl.text("/flash/get")).toBe("No flash message");
    expect(await curl.text("/flash/set")).toBe("Succeed");
    expect(await curl.text("/get")).toBe("Not authenticated");
    expect(await curl.text("/flash/get")).toBe("This is a flash message");
    expect(await curl.text("/flash/get")).toBe("No flash message");
  });

  it("the plain endpoints leave no trace of a visitor who only asks", async () => {
    const curl = visitor();
    for (const path of ["/read-session", "/get", "/clear", "/flash/get"]) {
      expect((await curl.ask(path)).setCookies, path).toEqual([]);
    }
  });
});

describe("the page", () => {
  it("the page counts views and keeps a cart", async () => {
    const somebody = visitor();
    expect(await somebody.look()).toMatchObject({ views: 1, cart: {}, messages: [], heading: "Hand over your coat." });
    expect((await somebody.look()).views).toBe(2);
    await somebody.act("/cart/add", { item: "umbrella" });
    await somebody.act("/cart/add", { item: "hat" });
    const { cart, messages } = await somebody.act("/cart/add", { item: "hat" });
    expect(cart).toEqual({ Umbrella: 1, "Felt hat": 2 });
    expect(messages).toEqual(["Felt hat: put into your cart."]);
    expect((await somebody.act("/cart/remove", { item: "hat" })).cart).toEqual({ Umbrella: 1, "Felt hat": 1 });
    expect((await somebody.act("/cart/remove", { item: "scarf" })).cart).toEqual({ Umbrella: 1, "Felt hat": 1 });
    expect((await somebody.act("/cart/empty")).cart).toEqual({});
    expect((await somebody.act("/cart/add", { item: "<b>" })).messages).toEqual(["The shop does not have that."]);
  });

  it("B11: loses no click of twenty at once", async () => {
    const somebody = visitor();
    await somebody.look();
    const clicks = await Promise.all(Array.from({ length: 20 }, () => somebody.begin("/cart/add", "item=coat")));
    // All of them have read the session now, and none has changed it.
    expect(new Set(await Promise.all(clicks.map((click) => click.finish())))).toEqual(new Set([303]));
    const { cart, messages } = await somebody.look();
    expect(cart).toEqual({ "Rain coat": 20 });
    expect(messages).toHaveLength(20);
    expect((await somebody.look()).messages).toEqual([]);
  });

  it("the page signs a demo user in and out, under new tokens", async () => {
    const ada = visitor();
    const before = await ada.look();
    expect(before.html).toContain("These are demo users");
    await ada.act("/cart/add", { item: "scarf" });
    const first = ada.cookie("session")?.value;

    const signedIn = await ada.act("/sign-in", { user: "ada" });
    expect(signedIn).toMatchObject({ heading: "Good to see you, Ada.", messages: ["Welcome, Ada."] });
    expect(signedIn.html).toContain("demo user");
    expect(signedIn.facts).toMatchObject({
      "Signed in": "Ada",
      "Idle limit": "60 minutes left",
      "Absolute limit": "30 days left",
    });
    expect(signedIn.cart).toEqual({ "Wool scarf": 1 });
    const second = ada.cookie("session");
    expect(second?.value).not.toBe(first);
    expect(second).toMatchObject({ httpOnly: true, sameSite: "lax", path: "/", hostOnly: true, expiresAt: undefined });

    const signedOut = await ada.act("/sign-out");
    expect(signedOut).toMatchObject({ heading: "Hand over your coat.", messages: ["You are signed out."], cart: {} });
    for (const token of [first, second?.value]) {
      const headers = { cookie: `session=${token}` };
      const html = await (await fetch(example.url, { headers })).text();
      expect(readPage(html)).toMatchObject({ heading: "Hand over your coat.", views: 1 });
    }
    expect((await ada.act("/sign-in", { user: "nobody" })).messages).toEqual(["Nobody of that name is known here."]);
  });

  it("the page starts with empty data for another user", async () => {
    const shared = visitor();
    await shared.act("/sign-in", { user: "ada" });
    await shared.act("/cart/add", { item: "hat" });
    expect(await shared.act("/sign-in", { user: "grace" })).toMatchObject({
      heading: "Good to see you, Grace.",
      cart: {},
      views: 1,
    });
  });

  it("B16: the page remembers who wants it, for 14 days and on every later request", async () => {
    const alan = visitor();
    const { setCookies } = await alan.post("/sign-in", { user: "alan", remember: "yes" });
    expect(setCookies).toHaveLength(1);
    expect(attributes(setCookies[0])["Max-Age"]).toBe(String(14 * day));
    expect((await alan.look()).facts).toMatchObject({
      "Idle limit": "14 days left",
      "Absolute limit": "30 days left",
    });
    const forgotten = await alan.post("/sign-in", { user: "alan" });
    expect(attributes(forgotten.setCookies[0])).toEqual({ Path: "/", HttpOnly: true, SameSite: "Lax" });
    expect((await alan.look()).facts["Idle limit"]).toBe("60 minutes left");
  });

  it("B18: the page keeps the theme in an encrypted cookie beside the login", async () => {
    const grace = visitor();
    await grace.act("/sign-in", { user: "grace" });
    expect((await grace.look()).theme).toBeUndefined();
    const dark = await grace.act("/theme", { theme: "dark" });
    expect(dark).toMatchObject({ theme: "dark", heading: "Good to see you, Grace." });
    expect(dark.messages).toEqual(["The page is dark from now on."]);
    const { value = "" } = grace.cookie("prefs") ?? {};
    expect(Buffer.from(value, "base64url").toString("latin1")).not.toContain("dark");

    const signedOut = await grace.act("/sign-out");
    expect(signedOut).toMatchObject({ theme: "dark", heading: "Hand over your coat." });
    expect((await grace.act("/theme", { theme: "light" })).theme).toBe("light");
    expect((await grace.act("/theme", { theme: "system" })).theme).toBeUndefined();
    expect(grace.cookie("prefs")).toBeUndefined();
  });

  it("the page sets both cookies in one response", async () => {
    const { setCookies } = await visitor().post("/theme", { theme: "dark" });
    expect(setCookies.map((line) => line.split("=")[0]).sort()).toEqual(["prefs", "session"]);
  });

  it("B50: the page lists a user's browsers, and signs out one or all others", async () => {
    const desk = visitor("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
    const phone = visitor("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1");
    const tool = visitor("curl/8.0");
    const stranger = visitor();
    await stranger.act("/sign-in", { user: "ada" });
    await desk.act("/sign-in", { user: "grace" });
    await desk.act("/browsers/sign-out-others");
    for (const one of [phone, tool]) await one.act("/sign-in", { user: "grace" });

    const { browsers, html } = await desk.look();
    expect(browsers.map(({ label, isThis }) => [label, isThis])).toEqual([
      ["Firefox on Linux", true],
      ["curl", false],
      ["Safari on iPhone", false],
    ]);
    expect(browsers[0]?.text).toMatch(/Created (just now|\d+ seconds ago) ?, last seen (just now|\d+ seconds ago)/);
    for (const one of [desk, phone, tool]) expect(html).not.toContain(one.cookie("session")?.value.split(".")[1]);

    const id = browsers.find(({ label }) => label === "Safari on iPhone")?.id ?? "";
    expect((await stranger.act("/browsers/sign-out", { id })).messages).toEqual([
      "That browser was not signed in any more.",
    ]);
    expect((await phone.look()).heading).toBe("Good to see you, Grace.");

    const after = await desk.act("/browsers/sign-out", { id });
    expect(after.messages).toEqual(["That browser is signed out."]);
    expect(after.browsers).toHaveLength(2);
    expect((await phone.look()).heading).toBe("Hand over your coat.");

    const alone = await desk.act("/browsers/sign-out-others");
    expect(alone.messages).toEqual(["1 other browser is signed out."]);
    expect(alone.browsers.map(({ isThis }) => isThis)).toEqual([true]);
    expect((await tool.look()).heading).toBe("Hand over your coat.");
    expect((await stranger.look()).heading).toBe("Good to see you, Ada.");
  });
});

describe("the page's protection", () => {
  const foreign: Record<string, Record<string, string>> = {
    "another site": { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
    "another site, by an old browser": { origin: "https://evil.example" },
    "another port of this host": { origin: "http://localhost:1", "sec-fetch-site": "same-site" },
    "a sandboxed frame": { origin: "null" },
  };

  it.each(Object.entries(foreign))("the page's protection refuses a form of %s", async (_site, headers) => {
    const ada = visitor();
    await ada.act("/sign-in", { user: "ada" });
    const { status, setCookies } = await ada.post("/sign-out", {}, headers);
    expect({ status, setCookies }).toEqual({ status: 403, setCookies: [] });
    expect((await ada.look()).heading).toBe("Good to see you, Ada.");
  });

  it("the page's protection takes a form of its own page, and of a client that is no browser", async () => {
    const headers = { "sec-fetch-site": "same-origin" };
    expect((await visitor().post("/sign-in", { user: "ada" }, headers)).status).toBe(303);
    const body = new URLSearchParams({ user: "ada" });
    expect((await visitor().ask("/sign-in", { method: "POST", body })).status).toBe(303);
  });

  it("B28: the page's headers protect it, and no cache keeps it", async () => {
    const { headers } = await visitor().ask("/");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-powered-by")).toBeNull();
  });

  it("the page's protection needs no session for its files", async () => {
    const { body } = await visitor().ask("/");
    const files = [...body.matchAll(/(?:href|src)="(\/[\w.]+)"/g)].map(([, path]) => path);
    expect(files).toContain("/page.css");
    for (const path of new Set(files)) {
      const { status, setCookies } = await visitor().ask(path ?? "");
      expect({ path, status, setCookies }).toEqual({ path, status: 200, setCookies: [] });
    }
  });

  it("the page's protection answers what it cannot serve without details", async () => {
    const somebody = visitor();
    const answers = [
      await somebody.ask("/nowhere/<b>"),
      await somebody.ask("/%c0%af"),
      await somebody.post("/cart/add", { item: "x".repeat(20_000) }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 413]);
    for (const { body } of answers) {
      expect(body).toContain('<a href="/">Back to the start</a>');
      expect(body).not.toMatch(/node_modules|<b>|Error/);
    }
    expect(complaints()).toEqual([]);
  });

  it("the page's protection escapes what it is told", async () => {
    const { html, escaped } = await import("../../../examples/express/html.ts").then(({ html }) => ({
      html,
      escaped: html`<i title="${`"'<&>`}">${["<b>", html`<hr>`]}${false}${undefined}${0}</i>`.text,
    }));
    expect(html).toBeTypeOf("function");
    expect(escaped).toBe('<i title="&quot;&#39;&lt;&amp;&gt;">&lt;b&gt;<hr>0</i>');
  });
});

it("SIGTERM ends npm start with 0", async () => {
  const idle = await fetch(example.url);
  await idle.text();
  expect(await example.end("SIGTERM")).toEqual({ code: 0, signal: null });
  await expect(fetch(example.url)).rejects.toThrow();
});
