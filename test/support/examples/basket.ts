import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../package/manifest.ts";
import { run } from "../processes/run.ts";
import { type App, placeOf, start } from "./app.ts";

/** The visitor's end of a socket. */
export interface Tab {
  /** Puts an apple into the basket. */
  add(): void;
  /** The next number of apples that this tab is told. */
  apples(): Promise<number>;
  /** What the tab is told when its session ends. */
  readonly ended: Promise<string>;
  close(): void;
}

/** The cookie after a request of a browser that has this one. */
async function visit(
  url: string,
  cookie = "",
  form?: Record<string, string>,
): Promise<{ cookie: string; html: string }> {
  const init = { headers: { cookie }, redirect: "manual" as const };
  const answer = await fetch(url, form ? { ...init, method: "POST", body: new URLSearchParams(form) } : init);
  const [line] = answer.headers.getSetCookie();
  return { cookie: line?.split(";")[0] ?? cookie, html: await answer.text() };
}

/** The test of an example with sockets: a basket that all tabs of a visitor share. `open` is refused with a message. */
export function describeBasketExample(name: string, open: (url: string, cookie: string) => Promise<Tab>): void {
  describe(`examples/${name}`, () => {
    let app: App;
    const folder = mkdtempSync(join(tmpdir(), "coatcheck-example-"));
    const tabs: Tab[] = [];
    const connect = async (cookie: string): Promise<Tab> => {
      const tab = await open(app.url, cookie);
      tabs.push(tab);
      return tab;
    };

    beforeAll(async () => {
      app = await start(name, { SESSION_STORE: `file:${folder}` });
    });
    afterAll(async () => {
      for (const tab of tabs) tab.close();
      await app?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    test("compiles", async () => {
      const tsc = join(root, "node_modules/typescript/bin/tsc");
      expect(await run(process.execPath, [tsc, "--noEmit", "-p", "."], placeOf(name))).toMatchObject({
        code: 0,
        stdout: "",
      });
    });

    test("shows all tabs what one of them does, and the next page, too", async () => {
      const { cookie } = await visit(app.url);
      const [first, second] = [await connect(cookie), await connect(cookie)];
      const told = [first.apples(), second.apples()];
      first.add();
      expect(await Promise.all(told)).toEqual([1, 1]);
      expect((await visit(app.url, cookie)).html).toContain('<b id="apples">1</b>');
    });

    test("opens no socket without a session", async () => {
      await expect(connect("")).rejects.toThrow("401");
    });

    test("B9: ends the sockets of all tabs with the login, and with the logout", async () => {
      const { cookie } = await visit(app.url);
      const before = await connect(cookie);
      const signedIn = await visit(`${app.url}/sign-in`, cookie, { name: "<ada>" });
      expect(await before.ended).toBe("renewed");
      await expect(connect(cookie)).rejects.toThrow("401");
      expect((await visit(app.url, signedIn.cookie)).html).toContain('<b id="user">&#60;ada&#62;</b>');
      const after = [await connect(signedIn.cookie), await connect(signedIn.cookie)];
      await visit(`${app.url}/sign-out`, signedIn.cookie, {});
      expect(await Promise.all(after.map(({ ended }) => ended))).toEqual(["ended", "ended"]);
    });
  });
}
