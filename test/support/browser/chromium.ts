import { type Browser, chromium, type LaunchOptions } from "playwright-core";
import { service } from "../service.ts";

/** The browser of this machine. The set-up says why there is none, and refuses to go on without one where CI=true. */
export const chromiumPath: string | undefined = await service("chromium");

export const chromiumOptions: LaunchOptions = {
  executablePath: chromiumPath as string,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

/** What a page waits for may take so long on a busy machine, in milliseconds. */
const patienceMs = 300_000;

/** `more`: arguments of this test. */
export async function launchChromium(more: readonly string[] = [], options: LaunchOptions = {}): Promise<Browser> {
  const args = [...(chromiumOptions.args as string[]), ...more];
  const browser = await chromium.launch({ ...chromiumOptions, timeout: patienceMs, args, ...options });
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (...given) => {
    const context = await newContext(...given);
    context.setDefaultTimeout(patienceMs);
    return context;
  };
  return browser;
}
