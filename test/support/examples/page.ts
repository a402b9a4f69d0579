import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { chromiumPath, launchChromium } from "../browser/chromium.ts";
import { root } from "../package/manifest.ts";
import { run } from "../processes/run.ts";
import { type App, build, placeOf, start } from "./app.ts";
import { Visitor } from "./visitor.ts";

/** The environment variables that have an example keep its sessions in a folder. */
type KeepIn = (folder: string) => Readonly<Record<string, string>>;
const keepInFiles: KeepIn = (folder) => ({ SESSION_STORE: `file:${folder}` });

/**
 * The test of an example with a page. All of them are the same little application: it counts a visitor's views, signs in
 * and out, greets by a flash message, and has a basket of apples that no click gets lost of.
 */
export function describePageExample(name: string, keepIn: KeepIn = keepInFiles): void {
  describe.skipIf(chromiumPath === undefined)(`examples/${name}`, () => {
    let browser: Browser;
    let app: App;
    const folder = mkdtempSync(join(tmpdir(), "coatcheck-example-"));
    const store = keepIn(folder);

    beforeAll(async () => {
      await build(name);
      [browser, app] = await Promise.all([launchChromium(), start(name, store)]);
    });
    afterAll(async () => {
      await Promise.all([browser?.close(), app?.stop()]);
      rmSync(folder, { recursive: true, force: true });
    });

    async function context(): Promise<BrowserContext> {
      const fresh = await browser.newContext();
      onTestFinished(() => fresh.close());
      return fresh;
    }

    test("compiles", async () => {
      const tsc = join(root, "node_modules/typescript/bin/tsc");
      const { code, stdout } = await run(process.execPath, [tsc, "--noEmit", "-p", "."], placeOf(name));
      expect(stdout).toBe("");
      expect(code).toBe(0);
    });

    test("counts each visitor's views apart", async () => {
      const ada = await Visitor.come(await context(), app.url);
      expect(await ada.seen()).toEqual({ views: 1, user: "nobody", apples: 0, messages: [] });
      await ada.look();
      expect((await ada.look()).views).toBe(3);
      const bob = await Visitor.come(await context(), app.url);
      expect((await bob.seen()).views).toBe(1);
    });

    test("signs in under a new token, greets once, and keeps what was there", async () => {
      const own = await context();
      const ada = await Visitor.come(own, app.url);
      await ada.press("Add an apple");
      const [before] = await own.cookies();
      expect(await ada.signIn("ada")).toMatchObject({ user: "ada", apples: 1, messages: ["Welcome, ada."] });
      const [after] = await own.cookies();
      expect(after?.name).toBe(before?.name);
      expect(after?.value).not.toBe(before?.value);
      expect(after).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
      expect((await ada.look()).messages).toEqual([]);
    });

    test("B11: loses no click of several tabs at once", async () => {
      const own = await context();
      const first = await Visitor.come(own, app.url);
      await first.press("Add an apple");
      const others = await Promise.all([1, 2, 3].map(() => Visitor.come(own, app.url)));
      await Promise.all([first, ...others].map((tab) => tab.press("Add an apple")));
      expect((await first.look()).apples).toBe(5);
    });

    test("keeps sessions over a restart", async () => {
      const ada = await Visitor.come(await context(), app.url);
      await ada.signIn("ada");
      await app.stop();
      app = await start(name, store);
      const again = await Visitor.come(ada.page.context(), app.url);
      expect(await again.seen()).toMatchObject({ user: "ada" });
    });

    test("B9: what was signed out stays out, for whoever copied the cookie too", async () => {
      const own = await context();
      const ada = await Visitor.come(own, app.url);
      await ada.signIn("ada");
      const thief = await context();
      await thief.addCookies(await own.cookies());
      expect(await ada.press("Sign out")).toMatchObject({ user: "nobody", apples: 0 });
      const stolen = await Visitor.come(thief, app.url);
      expect(await stolen.seen()).toMatchObject({ user: "nobody", views: 1 });
    });
  });
}
