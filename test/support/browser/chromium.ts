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

/** `more`: arguments of this test. */
export function launchChromium(more: readonly string[] = [], options: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({ ...chromiumOptions, args: [...(chromiumOptions.args as string[]), ...more], ...options });
}
