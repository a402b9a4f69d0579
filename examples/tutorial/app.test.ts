import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openBrowser } from "./test-browser.ts";

process.env.DATA = mkdtempSync(join(tmpdir(), "sign-in-")); // before app.ts is loaded, which reads it
const { app } = await import("./app.ts");
const { sessions } = await import("./sessions.ts");

const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

after(async () => {
  server.close();
  await sessions.close();
  rmSync(process.env.DATA as string, { recursive: true });
});

const ada = { name: "ada", password: "correct horse battery staple" };

test("a new password ends the sessions of other browsers", async () => {
  const laptop = openBrowser(site);
  const phone = openBrowser(site);
  await laptop.submit("/register", ada);
  assert.match(await laptop.submit("/sign-in", ada), /Hello, ada/);
  assert.match(await phone.submit("/sign-in", ada), /Hello, ada/);

  await laptop.submit("/password", { current: ada.password, next: "another horse battery staple" });
  assert.match(await laptop.open("/"), /Hello, ada/);
  assert.match(await phone.open("/"), /Welcome/);
});

test("a form without the hidden token is refused", async () => {
  const response = await fetch(`${site}/sign-in`, { method: "POST", body: new URLSearchParams(ada) });
  assert.equal(response.status, 403);
});

test("the list of devices names the browser", async () => {
  const { cookie } = await sessions.issue({ userId: "grace", data: { browser: "Firefox on Linux" } });
  const response = await fetch(`${site}/devices`, { headers: { cookie } });
  assert.match(await response.text(), /Firefox on Linux/);
});
