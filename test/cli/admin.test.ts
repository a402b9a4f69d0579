import { spawn } from "node:child_process";
import { get } from "node:http";
import { createInterface } from "node:readline";
import { createSessions, generateKey } from "coatcheck";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type InstalledCli, installCli } from "../support/cli/installed.ts";
import { describeStore, openAgain, patient, storesUnderTest } from "../support/stores/stores.ts";

let cli: InstalledCli;
const started: { kill(signal: "SIGKILL"): boolean }[] = [];
beforeAll(async () => {
  cli = await installCli();
});
afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
});

/** A running `admin --json`, its address, and its end by Ctrl-C. */
async function serving(url: string, ...args: readonly string[]) {
  const env = { PATH: process.env.PATH, SESSION_STORE: url };
  const child = spawn(cli.bin, ["admin", "--json", ...args], { cwd: cli.app, env });
  started.push(child);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const code = new Promise<number | null>((resolve) => child.once("close", resolve));
  const { address } = JSON.parse((await lines.next()).value ?? "null") as { address: string };
  return {
    address,
    end: () => {
      child.kill("SIGINT");
      return code;
    },
  };
}

/** Somebody's browser: one cookie, and no redirect is followed by itself. */
function browser(address: string) {
  let cookie = "";
  const { origin } = new URL(address);
  return async (path: string, form?: Readonly<Record<string, string>>) => {
    const headers = { cookie, ...(form && { origin, "sec-fetch-site": "same-origin" }) };
    const body = form && new URLSearchParams(form);
    const response = await fetch(new URL(path, origin), {
      ...{ headers, redirect: "manual", method: form ? "POST" : "GET" },
      ...(body && { body }),
    });
    cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? cookie;
    return { status: response.status, location: response.headers.get("location"), text: await response.text() };
  };
}

const tokenIn = (page: string): string => /name="_csrf" value="([^"]+)"/.exec(page)?.[1] ?? "";

const stores = await storesUnderTest(["SQLite", "PostgreSQL", "MariaDB", "Redis"]);

for (const [name, subject] of Object.entries(stores)) {
  describeStore(`B195: on ${name} the command admin`, subject, () => {
    test("finds sessions by user and by id, shows the keys that were named, and ends them", async () => {
      const url = subject.url();
      const sessions = createSessions<{ device: string; cart: string }>({
        ...patient,
        ...{ pruneInterval: false, store: await openAgain(url) },
      });
      const data = { device: "Firefox on Linux", cart: "hat" };
      const [{ id }, other] = [
        await sessions.issue({ userId: "ann", data }),
        await sessions.issue({ userId: "ann", data }),
      ];
      await sessions.issue();
      const page = await serving(url, "--keys", "device");
      const visit = browser(page.address);
      const { pathname, search } = new URL(page.address);
      expect(await visit(pathname + search)).toMatchObject({ status: 303, location: "/" });
      await expect.poll(async () => (await visit("/")).text).toContain('<strong class="big">3</strong>');
      const overview = await visit("/");
      expect(overview.text).not.toMatch(/Refused lately|idleTimeout/);
      const found = await visit("/?q=ann");
      expect(found.text).toContain(id);
      expect(found.text).toContain("Firefox on Linux");
      expect(found.text).not.toContain("hat");
      expect((await visit(`/?q=${other.id}`)).text).toContain(other.id);
      const ended = await visit("/?q=ann", { _csrf: tokenIn(found.text), session: id });
      expect(ended.status).toBe(303);
      expect(await sessions.find(id)).toBeUndefined();
      expect(await sessions.find(other.id)).toBeDefined();
      expect(await page.end()).toBe(0);
    });
  });
}

describe("B195: the command admin", () => {
  const [sqlite] = Object.values(stores);

  test("opens its page for the first browser with the address, and for nobody else", async () => {
    const url = sqlite!.url();
    await (await openAgain(url)).setup?.();
    const page = await serving(url);
    const { pathname, search, port, hostname } = new URL(page.address);
    const [stranger, operator, late] = [browser(page.address), browser(page.address), browser(page.address)];
    expect(hostname).toBe("localhost");
    expect((await stranger("/")).status).toBe(404);
    expect((await stranger("/?key=guess")).status).toBe(403);
    expect((await stranger("/", { all: "end", confirm: "session" })).status).toBe(404);
    expect((await operator(pathname + search)).status).toBe(303);
    expect((await operator("/")).status).toBe(200);
    expect((await operator("/elsewhere")).status).toBe(404);
    expect((await late(pathname + search)).status).toBe(403);
    expect((await late("/")).status).toBe(404);
    const rebound = await new Promise((resolve) => {
      get({ port, host: "127.0.0.1", path: "/", headers: { host: `evil.example:${port}` } }, ({ statusCode }) =>
        resolve(statusCode),
      );
    });
    expect(rebound).toBe(421);
    expect(await page.end()).toBe(0);
  });

  test("asks for the keys of an application that signs its records", async () => {
    const url = sqlite!.url();
    const sessions = createSessions({ store: await openAgain(url), pepper: generateKey(), pruneInterval: false });
    await sessions.issue({ userId: "ann" });
    const { code, stderr } = await cli.run(["admin", "--store", url]);
    expect(code).toBe(2);
    expect(stderr).toContain("SESSION_PEPPER");
  });

  test.each(["0", "70000", "http"])("refuses the port %s", async (port) => {
    const { code, stderr } = await cli.run(["admin", "--store", sqlite!.url(), "--port", port]);
    expect(code).toBe(2);
    expect(stderr).toContain("1 to 65535");
  });
});
