import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { chromiumPath, launchChromium } from "../support/browser/chromium.ts";
import { faintTexts } from "../support/browser/contrast.ts";
import { type Example, fromSource, temporaryFolder } from "../support/examples/server.ts";
import { root } from "../support/package/manifest.ts";

const screenshots = join(root, ".cache/screenshots");
const android = "Mozilla/5.0 (Android 16; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0";

describe.skipIf(chromiumPath === undefined)("the library's pages in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true });
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  const start = async (): Promise<Example> => {
    const example = await fromSource({ SESSION_DB: join(temporaryFolder(), "sessions.db") });
    onTestFinished(() => expect(example.output.stderr).toBe(""));
    return example;
  };

  /** Somebody who runs no scripts, whom the pages' own rules never get in the way of. */
  async function come(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ baseURL: url, javaScriptEnabled: false, ...options });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const trouble: string[] = [];
    page.on("console", (message) => {
      // Chromium tells that it has obeyed, and what was not found.
      if (/^Clear-Site-Data header|the server responded with a status of 404/.test(message.text())) return;
      trouble.push(`${message.text()} (${message.location().url})`);
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(`${url}/`)) trouble.push(request.url());
    });
    onTestFinished(() => expect(trouble).toEqual([]));
    return page;
  }

  const press = (page: Page, name: string | RegExp): Promise<unknown> =>
    Promise.all([page.waitForEvent("load"), page.getByRole("button", { name, exact: true }).click()]);

  async function signIn(page: Page, name: string): Promise<void> {
    await page.goto("/");
    await page.getByRole("radio", { name }).check();
    await press(page, "Sign in");
  }

  async function shoot(page: Page, name: string): Promise<void> {
    await expect.poll(() => faintTexts(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
  }

  const keys = async (page: Page, ...pressed: string[]): Promise<void> => {
    for (const key of pressed) await page.keyboard.press(key);
  };

  it("B184: one browser signs the other out on the page of devices, without scripts", async () => {
    const { url } = await start();
    const here = await come(url);
    await here.goto("/devices");
    expect(new URL(here.url()).pathname).toBe("/");
    const there = await come(url, { userAgent: android });
    await signIn(here, "Grace");
    await signIn(there, "Grace");
    await here.goto("/devices");
    expect(await here.title()).toBe("Where you are signed in");
    const entries = here.getByRole("listitem");
    expect(await entries.count()).toBe(2);
    expect(await entries.nth(0).textContent()).toContain("This device");
    expect(await entries.nth(1).textContent()).toContain("Firefox on Android");
    await press(here, /^Sign out Firefox on Android, last seen /);
    expect(await here.getByRole("status").textContent()).toBe("That device is signed out.");
    expect(await here.title()).toBe("That device is signed out. Where you are signed in");
    expect(await entries.count()).toBe(1);
    await there.goto("/devices");
    expect(new URL(there.url()).pathname).toBe("/");

    await signIn(there, "Grace");
    await here.reload();
    expect(await here.getByRole("status").count()).toBe(0);
    await press(here, "Sign out all other devices");
    expect(await here.getByRole("status").textContent()).toBe("Signed out on other devices: 1.");
    await press(here, "Sign out");
    expect(new URL(here.url()).pathname).toBe("/");
    expect(await here.locator("h1").textContent()).toBe("Hand over your coat.");
  });

  it.each(["light", "dark"] as const)(
    "B184: the page of devices is readable in %s, by name and by keyboard, on a desk and on a phone",
    async (colorScheme) => {
      const { url } = await start();
      const page = await come(url, { colorScheme, viewport: { width: 1280, height: 900 } });
      await signIn(await come(url, { userAgent: android }), "Ada");
      await signIn(page, "Ada");
      await page.goto("/devices");
      expect(await page.locator("html").getAttribute("lang")).toBe("en");
      expect(await page.getByRole("main").getByRole("heading", { level: 1 }).count()).toBe(1);
      const names = await page
        .getByRole("button")
        .evaluateAll((buttons) => buttons.map((button) => button.getAttribute("aria-label") ?? button.textContent));
      expect(new Set(names).size).toBe(names.length);
      await shoot(page, `devices-${colorScheme}`);
      await page.setViewportSize({ width: 360, height: 780 });
      await shoot(page, `devices-phone-${colorScheme}`);
      // The link home, this device, the other one.
      await keys(page, "Tab", "Tab", "Tab");
      expect(await page.locator(":focus-visible").getAttribute("aria-label")).toContain("Firefox on Android");
      await page.keyboard.press("Enter");
      await page.getByRole("status").waitFor();
      expect(await page.getByRole("listitem").count()).toBe(1);
    },
  );

  it("B189: an operator searches a user, ends sessions, and is asked before all of them end", async () => {
    const { url } = await start();
    const operator = await come(url);
    const visitor = await come(url, { userAgent: android });
    await signIn(visitor, "Grace");
    expect((await visitor.goto("/admin"))?.status()).toBe(404);
    await signIn(operator, "Ada");
    await operator.goto("/admin");
    expect(await operator.title()).toBe("Sessions: coatcheck-example/session");
    await operator.getByLabel("User id or public session id").fill("grace");
    await Promise.all([operator.waitForEvent("load"), operator.keyboard.press("Enter")]);
    const entries = operator.getByRole("listitem");
    expect(await entries.count()).toBe(1);
    expect(await entries.textContent()).toContain("device: Firefox on Android");
    await press(operator, /^End session [\w-]+$/);
    expect(await operator.getByRole("status").textContent()).toBe("The session is ended.");
    expect(await operator.getByRole("heading", { name: "Nothing found" }).count()).toBe(1);
    await visitor.goto("/");
    expect(await visitor.locator("h1").textContent()).toBe("Hand over your coat.");

    await signIn(visitor, "Grace");
    await operator.reload();
    await press(operator, "End all sessions of this user");
    expect(await operator.getByRole("status").textContent()).toBe("Ended sessions of this user: 1.");
    await operator.getByRole("link", { name: "Back to the overview" }).click();
    await operator.getByLabel("Type session to confirm").fill("no");
    await press(operator, "End all sessions");
    expect(await operator.getByRole("status").textContent()).toBe("Nothing was ended: type session to confirm.");
    await operator.getByLabel("Type session to confirm").fill("session");
    await press(operator, "End all sessions");
    expect(await operator.locator("h1").textContent()).toBe("All sessions are ended.");
    expect((await operator.goto("/admin"))?.status()).toBe(404);
  });

  it.each(["light", "dark"] as const)(
    "B189: the operators' page is readable in %s, by name and by keyboard, on a desk and on a phone",
    async (colorScheme) => {
      const { url } = await start();
      const page = await come(url, { colorScheme, viewport: { width: 1280, height: 900 } });
      await signIn(await come(url, { userAgent: android }), "Ada");
      const cookies = [{ name: "session", value: `${"A".repeat(22)}.${"A".repeat(43)}`, url }];
      const stranger = await come(url);
      await stranger.context().addCookies(cookies);
      await stranger.goto("/");
      await signIn(page, "Ada");
      await page.goto("/admin");
      for (const name of ["Live sessions", "Refused lately", "Store", "Policy in force", "End all sessions"]) {
        expect(await page.getByRole("heading", { name, exact: true }).count()).toBe(1);
      }
      expect(await page.getByRole("img", { name: /^Sessions per hour of the last 24 hours: / }).count()).toBe(1);
      expect(await page.getByRole("region", { name: "Refused tokens" }).textContent()).toContain("A".repeat(22));
      await shoot(page, `admin-${colorScheme}`);
      await page.setViewportSize({ width: 360, height: 780 });
      await shoot(page, `admin-phone-${colorScheme}`);
      await page.goto("/admin?q=ada");
      expect(await page.getByRole("button", { name: /^End session / }).count()).toBe(2);
      await shoot(page, `admin-user-phone-${colorScheme}`);
      await page.setViewportSize({ width: 1280, height: 900 });
      await shoot(page, `admin-user-${colorScheme}`);
      // The link home, the search and its button, the link back, the user of the first session, its button.
      await keys(page, "Tab", "Tab", "Tab", "Tab", "Tab", "Tab");
      expect(await page.locator(":focus-visible").getAttribute("aria-label")).toMatch(/^End session /);
    },
  );
});
