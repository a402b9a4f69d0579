import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchChromium } from "../support/browser/chromium.ts";
import { faintTexts } from "../support/browser/contrast.ts";
import { listEntryPoints } from "../support/package/entry-points.ts";
import { root } from "../support/package/manifest.ts";
import { output } from "../support/processes/run.ts";
import { deadLinksIn } from "../support/site/dead-links.ts";
import { serveFolder } from "../support/site/serve-folder.ts";

const dist = join(root, "site/dist");
const read = (path: string): string => readFileSync(join(dist, path), "utf8");

// All pages are made once; a busy machine does that slowly.
beforeAll(async () => {
  if (!existsSync(join(root, "site/node_modules"))) throw new Error("Run: npm run test:packages -- site");
  await output(process.execPath, ["--import", "./scripts/tsx.js", "site/build.ts"], root);
}, 1_800_000);

test("what makes the site has the types that its packages say", async () => {
  await output(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "site"], root);
}, 1_800_000);

test("every link of the built site leads to a page and a place in it", () => {
  expect(deadLinksIn(dist)).toEqual([]);
});

test("the site has a page for each import of the package, made from its doc comments", () => {
  for (const { specifier } of listEntryPoints().open) expect(read(`reference/${specifier}.html`)).toContain(specifier);
  expect(read("reference/coatcheck.html")).toContain("createSessions");
});

test("the site has its pages as text for language models", () => {
  const list = read("llms.txt");
  const addresses = [...list.matchAll(/\]\(([^)]+)\)/g)].map(([, address]) => address!);
  expect(addresses).toContain("options.md");
  expect(addresses.filter((address) => !existsSync(join(dist, address)))).toEqual([]);
  const full = read("llms-full.txt");
  for (const address of addresses) expect(full).toContain(`<!-- ${address} -->`);
});

describe.skipIf(chromiumPath === undefined)("the built site in Chromium", () => {
  let site: Awaited<ReturnType<typeof serveFolder>>;
  let browser: Awaited<ReturnType<typeof launchChromium>>;
  beforeAll(async () => {
    site = await serveFolder(dist);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    site?.close();
  });

  /** What the page asked of others, and what went wrong in it. */
  async function visit(path: string, options: { colorScheme?: "light" | "dark"; width?: number } = {}) {
    const { colorScheme = "light", width = 1280 } = options;
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const trouble: string[] = [];
    page.on("pageerror", (error) => trouble.push(error.message));
    page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
    page.on("request", (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(site.origin)) trouble.push(request.url());
    });
    await page.goto(site.origin + path);
    return { page, trouble };
  }

  test("the search of the site finds what a page says, without a request to anybody else", async () => {
    const { page, trouble } = await visit("/");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("searchbox").fill("idle");
    await page.locator("#localsearch-list a").first().click();
    await page.waitForURL(/\.html#/);
    await expect.poll(async () => (await page.locator("main").textContent())?.toLowerCase()).toContain("idle");
    expect(trouble).toEqual([]);
  });

  test.each(["light", "dark"] as const)("the site is readable in %s, on a desk and on a phone", async (colorScheme) => {
    for (const path of ["/", "/options.html"]) {
      for (const width of [1280, 360]) {
        const { page, trouble } = await visit(path, { colorScheme, width });
        await page.locator("main, .VPHome").first().waitFor();
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(
          0,
        );
        await expect.poll(() => faintTexts(page)).toEqual([]);
        expect(trouble).toEqual([]);
        await page.close();
      }
    }
  });
});
