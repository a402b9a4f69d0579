// Takes docs/images/shop.png, the picture of the example shop in the README. After a build:
// node --import tsx scripts/screenshot.ts
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const root = new URL("..", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "coatcheck-screenshot-"));
const server = spawn("node", ["--import", "./scripts/tsx.js", "examples/express/server.ts"], {
  cwd: root,
  env: { ...process.env, PORT: "0", SESSION_DB: join(folder, "sessions.db") },
  stdio: ["ignore", "pipe", "inherit"],
});
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
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  await page.goto(url);
  for (const item of ["Wool scarf", "Felt hat", "Felt hat"])
    await page.locator("button.offer", { hasText: item }).click();
  await page.screenshot({ path: join(root, "docs/images/shop.png") });
  await browser.close();
} finally {
  server.kill();
  await once(server, "exit");
  rmSync(folder, { recursive: true, force: true });
}
