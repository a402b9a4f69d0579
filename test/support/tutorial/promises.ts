import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { expect } from "vitest";
import type { App } from "../examples/app.ts";
import { password, Reader } from "./reader.ts";

/** What a step's check has at hand. */
export interface Place {
  readonly app: App;
  readonly browser: Browser;
  /** Where the reader's files are. */
  readonly folder: string;
  /** Stops the application and starts it again. */
  restart(): Promise<App>;
}

/** What the page promises below "Check", step by step. */
export const promises: Readonly<Record<string, (place: Place) => Promise<void>>> = {
  "1. A page that counts visits": async ({ app, browser }) => {
    expect(app.output()).toContain("memory");
    const reader = await Reader.come(browser, app.url);
    await reader.open("/");
    expect(await reader.open("/")).toBe("Visits: 3");
    expect(await (await Reader.come(browser, app.url)).seen()).toBe("Visits: 1");
  },

  "2. Register and sign in": async ({ app, browser, folder }) => {
    const reader = await Reader.come(browser, app.url);
    expect(await reader.register("ada")).toContain("Your account is ready.");
    expect(await reader.signIn("ada")).toContain("Hello, ada");
    const stored = readFileSync(join(folder, "data/users.json"), "utf8");
    expect(stored).toMatch(/"ada",\s+"[\w-]{22}\.[\w-]{43}"/);
    expect(stored).not.toContain(password);
    expect(await reader.press("Sign out")).toContain("Welcome");
    const wrong = await reader.signIn("ada", "wrong horse");
    expect(wrong).toContain("The name or the password is wrong.");
    expect(await reader.signIn("nobody")).toBe(wrong);
    expect(await reader.register("ada")).toContain("This name is taken.");
  },

  "3. Forms of other sites": async ({ app, browser }) => {
    const reader = await Reader.come(browser, app.url);
    expect(await reader.signIn("ada")).toContain("Hello, ada");
    expect(await reader.press("Sign out")).toContain("Welcome");
    expect(await reader.register("bob")).toContain("Your account is ready.");
  },

  "4. Remember me": async ({ app, browser }) => {
    const signedIn = async (isRemembered: boolean): Promise<string> => {
      const reader = await Reader.come(browser, app.url);
      expect(await reader.signIn("ada", password, isRemembered)).toContain("Hello, ada");
      return (await reader.reopened(browser)).seen();
    };
    expect(await signedIn(true)).toContain("Hello, ada");
    expect(await signedIn(false)).toContain("Welcome");
  },

  "5. Where you are signed in": async ({ app, browser }) => {
    const here = await Reader.come(browser, app.url);
    const there = await Reader.come(browser, app.url);
    const stranger = await Reader.come(browser, app.url);
    await here.signIn("ada");
    await there.signIn("ada");
    await stranger.signIn("bob");
    const listed = await here.follow("Where you are signed in");
    expect(listed.match(/Chrome on /g)).toHaveLength(2);
    expect(listed.match(/This browser/g)).toHaveLength(1);
    await here.press("Sign out", "li");
    const left = await there.open("/");
    expect(left).toContain("Welcome");
    expect(left).toContain("Visits: 1");
    expect(await stranger.open("/")).toContain("Hello, bob");
    expect(await there.open("/devices")).toContain("Sign in");
  },

  "6. A new password": async ({ app, browser }) => {
    const here = await Reader.come(browser, app.url);
    const there = await Reader.come(browser, app.url);
    await here.signIn("bob");
    await there.signIn("bob");
    expect(await here.changePassword("wrong horse", "another horse battery staple")).toContain("The password is wrong");
    expect(await here.changePassword(password, "another horse battery staple")).toContain("signed out: 1.");
    expect(await here.open("/")).toContain("Hello, bob");
    expect(await there.open("/")).toContain("Welcome");
    expect(await there.signIn("bob")).toContain("The name or the password is wrong.");
  },

  // Its commands are its check.
  "7. A test": async () => {},

  "8. Put it online": async ({ app, browser, restart }) => {
    const before = await Reader.come(browser, app.url);
    expect(await before.signIn("ada")).toContain("Hello, ada");
    const again = await restart();
    const after = await Reader.come(browser, again.url, await before.context.storageState());
    expect(await after.seen()).toContain("Hello, ada");
  },
};
