// Takes the pictures of docs/images: the example shop, the library's pages in it, and the application of the tutorial. After a build,
// and `npm run test:packages -- examples/tutorial`: node --import tsx scripts/screenshot.ts
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { freePort } from "../test/support/servers/port.ts";

const root = new URL("..", import.meta.url).pathname;

interface Scene {
  /** The command that starts the application, and the folder it is started in. */
  readonly args: readonly string[];
  readonly cwd: string;
  /** The environment variables that have it keep its data in a folder. */
  readonly keepIn: (folder: string) => Record<string, string>;
  /** What happens before the picture is taken. */
  readonly play: (url: string, browser: Browser) => Promise<Page>;
}

const shop = {
  args: ["--import", "./scripts/tsx.js", "examples/express/server.ts"],
  cwd: root,
  keepIn: (folder: string) => ({ SESSION_DB: join(folder, "sessions.db") }),
};

/** One of the library's pages, of somebody who is signed in to the shop on three devices. */
const libraryPage = (path: string): Scene => ({
  ...shop,
  play: async (url, browser) => {
    const signIn = async (options: BrowserContextOptions): Promise<Page> => {
      const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, ...options });
      await page.goto(url);
      await page.getByRole("button", { name: "Sign in" }).click();
      return page;
    };
    for (const system of ["Android 16; Mobile; rv:140.0", "Windows NT 10.0; Win64; x64; rv:140.0"]) {
      await signIn({ userAgent: `Mozilla/5.0 (${system}) Gecko/20100101 Firefox/140.0` });
    }
    const page = await signIn({});
    await page.goto(url + path);
    return page;
  },
});

const scenes: Readonly<Record<string, Scene>> = {
  "devices.png": libraryPage("/devices"),
  "admin.png": libraryPage("/admin"),
  "shop.png": {
    ...shop,
    play: async (url, browser) => {
      const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
      await page.goto(url);
      for (const item of ["Wool scarf", "Felt hat", "Felt hat"])
        await page.locator("button.offer", { hasText: item }).click();
      return page;
    },
  },
  "tutorial.png": {
    args: ["--import", "tsx", "server.ts"],
    cwd: join(root, "examples/tutorial"),
    keepIn: (folder) => ({ DATA: folder }),
    play: async (url, browser) => {
      const phone = "Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0";
      const other = await browser.newPage({ userAgent: phone });
      await send(other, `${url}/register`, "Register");
      await send(other, `${url}/sign-in`, "Sign in");
      const page = await browser.newPage({ viewport: { width: 800, height: 520 } });
      await send(page, `${url}/sign-in`, "Sign in");
      await page.getByRole("link", { name: "Where you are signed in" }).click();
      await page.getByRole("heading", { name: "Where you are signed in" }).waitFor();
      return page;
    },
  },
};

async function send(page: Page, url: string, button: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel("Name").fill("ada");
  await page.getByLabel("Password").fill("correct horse battery staple");
  await page.getByRole("button", { name: button }).click();
  await page.getByRole("status").waitFor();
}

async function take(name: string, { args, cwd, keepIn, play }: Scene): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-screenshot-"));
  const env = { ...process.env, PORT: `${await freePort()}`, ...keepIn(folder) };
  const server = spawn("node", args, { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  try {
    let output = "";
    let url: string | undefined;
    while (url === undefined) {
      const [text] = await once(server.stdout, "data");
      output += text;
      url = /http:\/\/\S+(?=\n)/.exec(output)?.[0];
    }
    const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
    const page = await play(url, browser);
    await page.screenshot({ path: join(root, "docs/images", name) });
    await browser.close();
  } finally {
    server.kill();
    await once(server, "exit");
    rmSync(folder, { recursive: true, force: true });
  }
}

const names = process.argv.slice(2);
for (const [name, scene] of Object.entries(scenes))
  if (names.length === 0 || names.includes(name)) await take(name, scene);
