import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { chromiumPath, launchChromium } from "../support/browser/chromium.ts";
import { faintTexts } from "../support/browser/contrast.ts";
import { type Example, fromSource, temporaryFolder } from "../support/examples/server.ts";
import { root } from "../support/package/manifest.ts";
import { freePort } from "../support/servers/port.ts";

const screenshots = join(root, ".cache/screenshots");
const day = 86_400;

describe.skipIf(chromiumPath === undefined)("in Chromium", () => {
  let browser: Browser;

  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true });
    // Playwright switches off what the back button of a real browser uses.
    browser = await launchChromium([], { ignoreDefaultArgs: ["--disable-back-forward-cache"] });
  });
  afterAll(() => browser?.close());

  /** One browser with cookies of its own. It runs no scripts, and neither breaks nor leaves the page's own rules. */
  async function visit(
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<{ page: Page; context: BrowserContext; trouble: string[] }> {
    const context = await browser.newContext({ baseURL: url, javaScriptEnabled: false, ...options });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const trouble: string[] = [];
    page.on("console", (message) => trouble.push(`${message.text()} (${message.location().url})`));
    page.on("request", (request) => {
      if (!request.url().startsWith(`${url}/`)) trouble.push(request.url());
    });
    onTestFinished(() => expect(trouble).toEqual([]));
    await page.goto("/");
    return { page, context, trouble };
  }

  async function start(): Promise<{ example: Example; again(): Promise<Example> }> {
    const settings = { PORT: String(await freePort()), SESSION_DB: join(temporaryFolder(), "sessions.db") };
    const again = async (): Promise<Example> => {
      const example = await fromSource(settings);
      onTestFinished(() => expect(example.output.stderr).toBe(""));
      return example;
    };
    return { example: await again(), again };
  }

  const heading = (page: Page): Promise<string | null> => page.locator("h1").textContent();
  /** Every button of the page leads to a page. */
  const click = (page: Page, button: Locator): Promise<unknown> =>
    Promise.all([page.waitForEvent("load"), button.click()]);
  const press = (page: Page, name: string): Promise<unknown> =>
    click(page, page.getByRole("button", { name, exact: true }));

  async function signIn(page: Page, name: string, remember = false): Promise<void> {
    await page.getByRole("radio", { name }).check();
    if (remember) await page.getByRole("checkbox", { name: "Remember me" }).check();
    await press(page, "Sign in");
    expect(await heading(page)).toBe(`Good to see you, ${name}.`);
  }

  it("B29: the example signs in, finds the session after a restart, signs out, and asks the server again on going back", async () => {
    const { example, again } = await start();
    const { page, context, trouble } = await visit(example.url);
    expect(await heading(page)).toBe("Hand over your coat.");
    await signIn(page, "Ada", true);
    await click(page, page.getByRole("button", { name: "Umbrella" }));
    expect(await page.getByRole("status").textContent()).toBe("Umbrella: put into your cart.");

    const [session, ...others] = await context.cookies();
    expect(others).toEqual([]);
    expect(session).toMatchObject({ name: "session", domain: "localhost", path: "/" });
    expect(session).toMatchObject({ httpOnly: true, secure: false, sameSite: "Lax" });
    expect(Math.abs((session?.expires ?? 0) - Date.now() / 1000 - 14 * day)).toBeLessThan(600);

    expect(await example.end("SIGKILL")).toMatchObject({ signal: "SIGKILL" });
    const restarted = await again();
    await page.reload();
    expect(await heading(page)).toBe("Good to see you, Ada.");
    expect(await page.getByRole("row", { name: "Umbrella" }).textContent()).toContain("1 ×");
    expect(await page.getByRole("status").count()).toBe(0);
    // The kill may meet the browser while it fetches the icon of the tab.
    expect(trouble.splice(0).filter((text) => !text.includes("net::ERR_CONNECTION_"))).toEqual([]);

    await press(page, "Sign out");
    expect(await heading(page)).toBe("Hand over your coat.");
    expect(await page.locator(".stub strong").textContent()).toBe("1");
    await page.goBack();
    expect(await heading(page)).toBe("Hand over your coat.");
    expect(await page.locator(".stub strong").textContent()).toBe("2");
    expect(await page.getByRole("row", { name: "Umbrella" }).count()).toBe(0);
    expect((await context.cookies()).find(({ name }) => name === "session")?.value).not.toBe(session?.value);
    expect(await restarted.end("SIGTERM")).toEqual({ code: 0, signal: null });
  });

  it("B29: the example shows nothing of the session on going back when another tab has signed out", async () => {
    const { example } = await start();
    const { page, context } = await visit(example.url);
    await signIn(page, "Ada");
    await page.goto("about:blank");
    const tab = await context.newPage();
    await tab.goto("/");
    await press(tab, "Sign out");
    await page.goBack();
    expect(await heading(page)).toBe("Hand over your coat.");
  });

  it("B50: the example signs another browser of the same user out", async () => {
    const { example } = await start();
    const { page: here } = await visit(example.url);
    await signIn(here, "Grace");
    const { page: there, context } = await visit(example.url, {
      userAgent: "Mozilla/5.0 (Android 16; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
    });
    await signIn(there, "Grace");
    expect((await context.cookies()).map(({ expires }) => expires)).toEqual([-1]);

    await here.reload();
    const entries = here.getByRole("listitem").filter({ hasText: "last seen" });
    expect(await entries.count()).toBe(2);
    expect(await entries.nth(0).textContent()).toContain("This browser");
    expect(await entries.nth(1).textContent()).toContain("Firefox on Android");
    await click(here, entries.nth(1).getByRole("button"));
    expect(await here.getByRole("status").textContent()).toBe("That browser is signed out.");
    expect(await entries.count()).toBe(1);
    await there.reload();
    expect(await heading(there)).toBe("Hand over your coat.");

    await signIn(there, "Grace");
    await here.reload();
    await press(here, "Sign out all others");
    await there.reload();
    expect(await heading(there)).toBe("Hand over your coat.");
    expect(await heading(here)).toBe("Good to see you, Grace.");
  });

  it.each(["127.0.0.1", "localhost"])(
    "B29: the example refuses a form that a page on another port of %s sends",
    async (host) => {
      const { example } = await start();
      const { page, context } = await visit(example.url);
      await signIn(page, "Alan");
      const elsewhere = createServer((_req, res) => {
        res.setHeader("content-type", "text/html");
        res.end(`<form method="post" action="${example.url}/sign-out"><button>Win a coat</button></form>`);
      }).listen(0, "127.0.0.1");
      onTestFinished(() => void elsewhere.close());
      await once(elsewhere, "listening");
      const trap = await context.newPage();
      await trap.goto(`http://${host}:${(elsewhere.address() as AddressInfo).port}/`);
      await press(trap, "Win a coat");
      expect(trap.url()).toBe(`${example.url}/sign-out`);
      expect(await trap.locator("body").textContent()).toContain("This form was sent from another site.");
      await page.reload();
      expect(await heading(page)).toBe("Good to see you, Alan.");
    },
  );

  it.each(["light", "dark"] as const)(
    "the example is readable in %s, by name and by keyboard, on a desk and on a phone",
    async (theme) => {
      const { example } = await start();
      const { page } = await visit(example.url, { viewport: { width: 1280, height: 900 } });
      const shoot = async (name: string): Promise<void> => {
        await page.waitForLoadState("load");
        await expect.poll(() => faintTexts(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(
          0,
        );
        await page.screenshot({ path: join(screenshots, `${name}-${theme}.png`), fullPage: true });
      };
      await press(page, theme === "light" ? "Light" : "Dark");
      expect(await page.getByRole("button", { name: "Light" }).getAttribute("aria-pressed")).toBe(
        String(theme === "light"),
      );
      await shoot("signed-out");
      const { page: other } = await visit(example.url);
      await signIn(other, "Ada");

      // From the checked radio on: Tab, Space for the box, Tab, Enter for the button.
      await page.getByRole("radio", { name: "Ada" }).focus();
      for (const key of ["Tab", "Space", "Tab"]) await page.keyboard.press(key);
      expect(await page.locator(":focus-visible").textContent()).toBe("Sign in");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Good to see you, Ada." }).waitFor();
      for (const name of ["Umbrella", "Felt hat", "Felt hat"]) {
        await click(page, page.locator(".offers").getByRole("button", { name }));
      }
      await shoot("signed-in");
      await page.setViewportSize({ width: 360, height: 780 });
      await shoot("phone");
    },
  );

  it("the example follows the system until a theme is chosen", async () => {
    const { example } = await start();
    const { page, context } = await visit(example.url, { colorScheme: "dark" });
    const background = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const dark = await background();
    await press(page, "Light");
    const light = await background();
    expect(light).not.toBe(dark);
    expect((await context.cookies()).find(({ name }) => name === "prefs")).toMatchObject({
      httpOnly: true,
      sameSite: "Lax",
      path: "/",
    });
    await press(page, "System");
    expect(await background()).toBe(dark);
    expect((await context.cookies()).map(({ name }) => name)).toEqual(["session"]);
  });
});
