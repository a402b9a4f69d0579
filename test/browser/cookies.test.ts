import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { serve } from "../support/adapters/node.ts";
import { chromiumOptions, chromiumPath, launchChromium } from "../support/browser/chromium.ts";
import { openOther, openSite } from "../support/browser/site.ts";

// Names that a browser takes for other machines.
const hosts = "--host-resolver-rules=MAP *.test 127.0.0.1";
const insecure = { ignoreHTTPSErrors: true };

describe.skipIf(chromiumPath === undefined)("in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium([hosts]);
  });
  afterAll(() => browser?.close());

  async function fresh(): Promise<BrowserContext> {
    const context = await browser.newContext(insecure);
    onTestFinished(() => context.close());
    return context;
  }
  const seen = (page: Page): Promise<string> => page.locator("#seen").innerText();
  async function look(page: Page, url: string): Promise<string> {
    await page.goto(url);
    return seen(page);
  }

  it("B29: a cookie that a sibling host sets is not taken for the session", async () => {
    const site = await openSite();
    const stolen = await site.sessions.issue({ userId: "mallory", secure: true });
    const token = stolen.cookie.slice(stolen.cookie.indexOf("=") + 1);
    const sibling = await openOther("", {
      // The browser refuses the first, for its Domain; the second is not the name that is read.
      "set-cookie": `__Host-session=${token}; Domain=shop.test; Path=/; Secure`,
    });
    const other = await openOther("", { "set-cookie": `session=${token}; Domain=shop.test; Path=/; Secure` });
    const context = await fresh();
    const page = await context.newPage();
    await page.goto(`https://evil.shop.test:${sibling}/`);
    await page.goto(`https://evil.shop.test:${other}/`);
    expect((await context.cookies()).map(({ name }) => name)).toEqual(["session"]);
    expect(await look(page, site.at("app.shop.test"))).toBe("nobody 1 0");
    expect(await look(page, site.at("app.shop.test", "/login"))).toBe("ada 2 0");
    expect((await context.cookies(site.at("app.shop.test"))).map(({ name }) => name).toSorted()).toEqual([
      "__Host-session",
      "session",
    ]);
  });

  /** What the site hears from another site by a link, a form and a request of a script. */
  async function fromElsewhere(sameSite: "lax" | "strict" | "none"): Promise<Record<string, boolean>> {
    const site = await openSite({ cookie: { sameSite, ...(sameSite === "none" && { secure: true }) } });
    const target = site.at("localhost", "/state");
    const elsewhere = await openOther(
      `<a href="${target}">link</a><form method="post" action="${target}"><button>form</button></form>`,
    );
    const page = await (await fresh()).newPage();
    const heard: Record<string, boolean> = {};
    for (const way of ["link", "form", "script"]) {
      await page.goto(site.at("localhost", "/login"));
      await page.goto(`https://127.0.0.1:${elsewhere}/`);
      site.log.length = 0;
      if (way === "script") {
        await page.evaluate((url) => fetch(url, { mode: "no-cors", credentials: "include", method: "POST" }), target);
      } else {
        await page.getByText(way).click();
        await page.waitForURL(target);
      }
      heard[way] = site.log.some(({ path, isKnown }) => path === "/state" && isKnown);
    }
    return heard;
  }

  it("B29: SameSite=Lax: from another site only a link brings the session along", async () => {
    expect(await fromElsewhere("lax")).toEqual({ link: true, form: false, script: false });
  });

  it("B29: SameSite=Strict: from another site nothing brings the session along", async () => {
    expect(await fromElsewhere("strict")).toEqual({ link: false, form: false, script: false });
  });

  it("B29: SameSite=None: a form of another site brings the session along", async () => {
    expect(await fromElsewhere("none")).toMatchObject({ link: true, form: true });
  });

  it("B29: Partitioned: in an iframe each embedding site has a session of its own", async () => {
    const site = await openSite({ cookie: { sameSite: "none", secure: true, partitioned: true } });
    const port = await openOther(`<iframe src="${site.at("widget.test")}"></iframe>`);
    const context = await fresh();
    const page = await context.newPage();
    const inFrame = async (url: string): Promise<string> => {
      await page.goto(url);
      return page.frameLocator("iframe").locator("#seen").innerText();
    };
    const [one, two] = [`https://one.test:${port}/`, `https://two.test:${port}/`];
    expect([await inFrame(one), await inFrame(one), await inFrame(two), await inFrame(one)]).toEqual([
      "nobody 1 0",
      "nobody 2 0",
      "nobody 1 0",
      "nobody 3 0",
    ]);
    expect(await site.sessions.count()).toBe(2);
  });

  it("B29: two tabs that sign in at once share one session, or each end the other's, but none is lost", async () => {
    const site = await openSite();
    const context = await fresh();
    const tabs = await Promise.all([context.newPage(), context.newPage()]);
    await look(tabs[0] as Page, site.at("localhost"));
    await Promise.all(tabs.map((tab) => tab.goto(site.at("localhost", "/login"))));
    expect(await Promise.all(tabs.map((tab) => look(tab, site.at("localhost", "/state"))))).toEqual([
      expect.stringMatching(/^ada /),
      expect.stringMatching(/^ada /),
    ]);
    expect((await context.cookies()).length).toBe(1);
  });

  it("B29: 20 parallel requests around a login leave the visitor signed in, under the login's token", async () => {
    const site = await openSite();
    const context = await fresh();
    const page = await context.newPage();
    await page.goto(site.at("localhost"));
    const [before] = await context.cookies();
    const statuses = await page.evaluate(async () => {
      const paths = Array.from({ length: 20 }, (_, n) => (n === 10 ? "/login" : n % 2 === 0 ? "/click" : "/state"));
      return Promise.all(paths.map(async (path) => (await fetch(path, { method: "POST" })).status));
    });
    const [after] = await context.cookies();
    expect(after?.value).not.toBe(before?.value);
    // Who came late with the old token is told so; everybody else is served.
    expect(statuses.filter((status) => status !== 200 && status !== 409)).toEqual([]);
    const clicked = statuses.filter((status, n) => n % 2 === 0 && n !== 10 && status === 200).length;
    const [user, , clicks] = (await look(page, site.at("localhost", "/state"))).split(" ");
    expect(user).toBe("ada");
    expect(Number(clicks)).toBeLessThanOrEqual(clicked);
  });

  it("B29: what was on the page is asked for again on going back after the sign-out", async () => {
    const site = await openSite();
    const page = await (await fresh()).newPage();
    await page.goto(site.at("localhost", "/state"));
    await page.evaluate(() => fetch("/login", { method: "POST" }));
    expect(await look(page, site.at("localhost"))).toBe("ada 2 0");
    expect(await look(page, site.at("localhost", "/logout"))).toBe("nobody 0 0");
    await page.goBack();
    expect(await seen(page)).toBe("nobody 1 0");
  });

  it("B29: closing the browser ends a session that is not remembered, and no other", async () => {
    const site = await openSite({ remember: false });
    const folder = mkdtempSync(join(tmpdir(), "coatcheck-profile-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const visit = async (...paths: string[]): Promise<string> => {
      const context = await chromium.launchPersistentContext(folder, { ...chromiumOptions, ...insecure });
      context.setDefaultTimeout(300_000);
      try {
        const page = await context.newPage();
        let last = "";
        for (const path of paths) last = await look(page, site.at("localhost", path));
        return last;
      } finally {
        await context.close();
      }
    };
    expect(await visit("/login", "/state")).toMatch(/^ada /);
    expect(await visit("/state")).toMatch(/^nobody /);
    expect(await visit("/login", "/remember")).toMatch(/^ada /);
    expect(await visit("/state")).toMatch(/^ada /);
  });

  describe("B22: behind a proxy that ends TLS", () => {
    /** A proxy for https in front of a site for http, as most are. */
    async function proxied(headers: Readonly<Record<string, string>>, options: Parameters<typeof openSite>[0]) {
      const site = await openSite(options, "http");
      const proxy = await serve((req, res) => {
        const inner = request(
          { port: site.port, path: req.url, method: req.method, headers: { ...req.headers, ...headers } },
          (answer) => {
            res.writeHead(answer.statusCode ?? 502, answer.headers);
            answer.pipe(res);
          },
        );
        req.pipe(inner);
      }, "https");
      onTestFinished(proxy.close);
      const { port } = proxy.server.address() as { port: number };
      return { url: `https://app.shop.test:${port}/`, failures: site.failures };
    }

    it("B22: behind a trusted proxy that ends TLS the session persists, Secure and bound to its host", async () => {
      const { url } = await proxied({ "x-forwarded-proto": "https" }, { trustProxy: true });
      const context = await fresh();
      const page = await context.newPage();
      expect([await look(page, url), await look(page, url)]).toEqual(["nobody 1 0", "nobody 2 0"]);
      expect(await context.cookies()).toMatchObject([{ name: "__Host-session", secure: true }]);
    });

    it("B22: behind a proxy that is not trusted the response is an error that says what to set, not a lost session", async () => {
      const { url, failures } = await proxied({ "x-forwarded-proto": "https" }, {});
      const context = await fresh();
      const page = await context.newPage();
      const response = await page.goto(url);
      expect(response?.status()).toBe(500);
      expect(await context.cookies()).toEqual([]);
      // The browser may ask for an icon of the page, too.
      expect(failures[0]).toMatchObject({
        code: "INSECURE_TRANSPORT",
        message: expect.stringMatching(/trustProxy.*secure: false/),
      });
    });
  });
});
