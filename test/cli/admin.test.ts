import { connect } from "node:net";
import { createSessions, generateKey } from "coatcheck";
import { beforeAll, describe, expect, test } from "vitest";
import { createJar, type Jar } from "../../src/testing/cookie-jar.ts";
import { type InstalledCli, installCli } from "../support/cli/installed.ts";
import { startCommand } from "../support/cli/running.ts";
import { describeStore, openAgain, patient, storesUnderTest } from "../support/stores/stores.ts";

let cli: InstalledCli;
beforeAll(async () => {
  cli = await installCli();
});

/** A running `admin --json`, its address, and its end by Ctrl-C. */
async function serving(url: string, ...args: readonly string[]) {
  const running = startCommand<{ address: string }>(cli, url, ["admin", ...args]);
  const { address } = await running.next();
  return {
    ...running,
    address,
    end: () => {
      running.interrupt();
      return running.ended();
    },
  };
}

/** Somebody's browser: cookies, and no redirect is followed by itself. What it asks for is relative to an address. */
function browser(address: string, jar: Jar = createJar()) {
  return async (path: string, form?: Readonly<Record<string, string>>, method = form ? "POST" : "GET") => {
    const url = new URL(path, address);
    const headers = {
      cookie: jar.header(url) ?? "",
      ...(form && { origin: url.origin, "sec-fetch-site": "same-origin" }),
    };
    const body = form && new URLSearchParams(form);
    const response = await fetch(url, { ...{ headers, redirect: "manual", method }, ...(body && { body }) });
    jar.store(url, response.headers.getSetCookie());
    return { status: response.status, location: response.headers.get("location"), text: await response.text() };
  };
}

const closed = { code: 0, stderr: "" };

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

/** Everything that a server answers to a text on a connection of its own. `more`: what to send after a part of it. */
const exchange = (port: number, text: string, more?: (part: string) => Promise<string>): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => void socket.write(text));
    socket.setEncoding("utf8").on("data", (part) => {
      answer += String(part);
      more?.(String(part)).then((next) => next !== "" && socket.write(next), reject);
    });
    socket.once("error", reject).once("close", () => resolve(answer));
  });

const statusOf = (answer: string): number => Number(answer.split(" ", 2)[1]);

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
      const { pathname } = new URL(page.address);
      expect(await visit("")).toMatchObject({ status: 303, location: pathname });
      await expect.poll(async () => (await visit(".")).text).toContain('<strong class="big">3</strong>');
      const overview = await visit(".");
      expect(overview.text).not.toMatch(/Refused lately|idleTimeout/);
      const found = await visit("?q=ann");
      expect(found.text).toContain(id);
      expect(found.text).toContain("Firefox on Linux");
      expect(found.text).not.toContain("hat");
      expect((await visit(`?q=${other.id}`)).text).toContain(other.id);
      const ended = await visit("?q=ann", { _csrf: tokenIn(found.text), session: id });
      expect(ended.status).toBe(303);
      expect(await sessions.find(id)).toBeUndefined();
      expect(await sessions.find(other.id)).toBeDefined();
      expect(await page.end()).toEqual(closed);
    });
  });
}

describe("B195: the command admin", () => {
  const [sqlite] = Object.values(stores);

  test("opens its page for the first browser with the address, and for nobody else", async () => {
    const url = sqlite!.url();
    await (await openAgain(url)).setup?.();
    const page = await serving(url);
    const { port, hostname } = new URL(page.address);
    const [stranger, operator, late] = [browser(page.address), browser(page.address), browser(page.address)];
    // Not "localhost", which browsers look for on [::1] first, where another user may listen.
    expect(hostname).toBe("127.0.0.1");
    expect((await stranger("/")).status).toBe(404);
    expect((await stranger(".")).status).toBe(404);
    expect((await stranger("?key=guess")).status).toBe(403);
    expect((await stranger(".", { all: "end", confirm: "session" })).status).toBe(404);
    for (const method of ["HEAD", "POST", "OPTIONS"]) expect((await stranger("", undefined, method)).status).toBe(405);
    expect((await operator("")).status).toBe(303);
    expect((await operator(".")).status).toBe(200);
    expect((await operator("/elsewhere")).status).toBe(404);
    expect((await late("")).status).toBe(403);
    expect((await late(".")).status).toBe(404);
    const ask = async (path: string, host: string): Promise<number> =>
      statusOf(await exchange(Number(port), `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
    expect(await ask("/", `evil.example:${port}`)).toBe(421);
    for (const path of ["/", "//", "http://[", "/%", "*"]) expect(await ask(path, `127.0.0.1:${port}`), path).toBe(404);
    expect(await page.end()).toEqual(closed);
  });

  test("opens its page for one of several browsers that come at once", async () => {
    const url = sqlite!.url();
    await (await openAgain(url)).setup?.();
    const page = await serving(url);
    const answers = await Promise.all(Array.from({ length: 8 }, () => browser(page.address)("")));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, ...Array.from({ length: 7 }, () => 403)]);
    expect(await page.end()).toEqual(closed);
  });

  test("gives its cookie to no other port of this host, nor to another page of its own", async () => {
    const url = sqlite!.url();
    await (await openAgain(url)).setup?.();
    const jar = createJar();
    const pages = [await serving(url), await serving(url)];
    const visits = pages.map(({ address }) => browser(address, jar));
    for (const visit of visits) expect((await visit("")).status).toBe(303);
    for (const visit of visits) expect((await visit(".")).status).toBe(200);
    for (const path of ["/", "/admin", "/index.html"])
      expect(jar.header(`http://127.0.0.1:3000${path}`)).toBeUndefined();
    for (const page of pages) expect(await page.end()).toEqual(closed);
  });

  test("does and answers what was asked for before Ctrl-C", async () => {
    const url = sqlite!.url();
    const sessions = createSessions({ ...patient, pruneInterval: false, store: await openAgain(url) });
    const { id } = await sessions.issue({ userId: "ann" });
    const page = await serving(url);
    const jar = createJar();
    const visit = browser(page.address, jar);
    await visit("");
    const form = String(new URLSearchParams({ _csrf: tokenIn((await visit("?q=ann")).text), session: id }));
    const there = new URL(".", page.address);
    const head = [
      ...[
        `POST ${there.pathname} HTTP/1.1`,
        `Host: ${there.host}`,
        "Connection: close",
        `Cookie: ${jar.header(there)}`,
      ],
      ...[`Origin: ${there.origin}`, "Sec-Fetch-Site: same-origin", "Expect: 100-continue"],
      ...["Content-Type: application/x-www-form-urlencoded", `Content-Length: ${form.length}`, "", ""],
    ];
    const answer = await exchange(Number(there.port), head.join("\r\n"), async (part) => {
      // The server has the request now.
      if (!part.includes("100 Continue")) return "";
      page.interrupt();
      await expect.poll(() => isListening(Number(there.port)), { timeout: 60_000 }).toBe(false);
      return form;
    });
    expect(statusOf(answer.slice(answer.lastIndexOf("HTTP/1.1")))).toBe(303);
    expect(await page.ended()).toEqual(closed);
    expect(await sessions.find(id)).toBeUndefined();
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
