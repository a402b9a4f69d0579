import { createSessions } from "coatcheck";
import { session } from "coatcheck/express";
import { csrf, csrfMiddleware } from "coatcheck/security";
import { memoryStore } from "coatcheck/stores/memory";
import express, { type ErrorRequestHandler } from "express";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { serve } from "../support/adapters/node.ts";
import { chromiumPath, launchChromium } from "../support/browser/chromium.ts";
import { openOther } from "../support/browser/site.ts";

describe.skipIf(chromiumPath === undefined)("in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    // Names that a browser takes for other machines.
    browser = await launchChromium(["--host-resolver-rules=MAP *.test 127.0.0.1"]);
  });
  afterAll(() => browser?.close());

  async function openBank() {
    const sessions = createSessions<{ paid: string }>({ store: memoryStore() });
    const protection = csrf(sessions as never);
    const posts: boolean[] = [];
    const app = express().use(session(sessions), express.urlencoded());
    app.post("/pay", (req, _res, next) => {
      posts.push(!sessions.get(req).isNew);
      next();
    });
    app.use(csrfMiddleware(protection));
    app.get("/", async (req, res) => {
      const token = await protection.token(req);
      res.send(`<form method="post" action="/pay"><input name="_csrf" value="${token}"><button>Pay</button></form>`);
    });
    app.post("/pay", (req, res) => {
      sessions.get(req).set("paid", "all");
      res.send("<p>paid</p>");
    });
    const onError: ErrorRequestHandler = (error, _req, res, _next) =>
      void res.status(error.status).send(`<p>${error.code}</p>`);
    app.use(onError);
    const { server, close } = await serve(app, "https");
    onTestFinished(close);
    const { port } = server.address() as { port: number };
    return { url: `https://bank.test:${port}`, posts };
  }

  it("B153, B154: the application's form pays; a sibling host's, with the cookie, does not", async () => {
    const bank = await openBank();
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(bank.url);
    const attack = await openOther(
      `<form id="attack" method="post" action="${bank.url}/pay"><input name="amount" value="all"></form><script>attack.submit()</script>`,
    );
    await page.goto(`https://evil.bank.test:${attack}/`);
    await page.waitForURL(`${bank.url}/pay`);
    expect(await page.locator("p").innerText()).toBe("CROSS_SITE_REQUEST");
    await page.goto(bank.url);
    await page.getByRole("button").click();
    expect(await page.locator("p").innerText()).toBe("paid");
    // SameSite=Lax let the cookie go with both.
    expect(bank.posts).toEqual([true, true]);
  });
});
