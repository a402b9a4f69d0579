import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cookieNames, Guest } from "../support/frameworks/guest.ts";
import { type Served, serveApart } from "../support/frameworks/served.ts";
import { root } from "../support/package/manifest.ts";
import { run } from "../support/processes/run.ts";

describe("Astro 7", () => {
  let server: Served;
  let guest: Guest;
  beforeAll(async () => {
    server = await serveApart({ folder: "astro", runtime: "node22" });
  });
  afterAll(() => server?.stop());
  beforeEach(() => {
    guest = new Guest(server.url);
  });

  const stored = async (): Promise<unknown> => JSON.parse((await guest.get("/own/read")).body);

  test("Astro's middleware has the types that Astro expects, and locals those of the data", async () => {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout } = await run(
      process.execPath,
      [tsc, "--noEmit", "-p", "astro/tsconfig.check.json"],
      import.meta.dirname,
    );
    expect(stdout).toBe("");
  });

  test("B23: what components change before they wait is stored before the page leaves", async () => {
    const page = await guest.get("/own/page");
    expect([page.body.includes("views: 1"), cookieNames(page)]).toEqual([true, ["session"]]);
    expect(await stored()).toEqual({ views: 1 });
  });

  test("B20: what a component changes when the page has left comes too late, and says so", async () => {
    expect((await guest.get("/own/page")).body).toContain("late: SESSION_CLOSED");
    expect(await stored()).toEqual({ views: 1 });
  });

  test("B23: without streaming, the page leaves when all of its components have run", async () => {
    expect((await guest.get("/own/page?mode=whole")).body).toContain("late: stored");
    expect(await stored()).toEqual({ views: 1, late: "here" });
  });

  test("B19: without streaming, an error of a component is an error page, and changes nothing", async () => {
    await guest.get("/own/write");
    const { status, body } = await guest.get("/own/late-bug?mode=whole");
    expect([status, body]).toEqual([500, expect.stringContaining("Something is broken.")]);
    expect(await stored()).toEqual({ views: 1 });
  });

  test.each([
    ["a page", "/own/bug"],
    ["a component", "/own/early-bug"],
  ])("B19: %s that throws before the page leaves is answered by 500.astro, and changes nothing", async (_, path) => {
    await guest.get("/own/write");
    const page = await guest.get(path);
    expect([page.status, cookieNames(page)]).toEqual([500, []]);
    expect(page.body).toContain("Something is broken.");
    expect(await stored()).toEqual({ views: 1 });
  });

  test("B19: the cookie of what was durable goes out with 500.astro", async () => {
    const page = await guest.get("/own/bug?counted");
    expect([page.status, cookieNames(page)]).toEqual([500, ["session"]]);
    expect(page.body).toContain("Something is broken.");
    expect(await stored()).toEqual({ views: 1 });
  });

  test("B19: 404.astro in place of a page sees the session of the page, and has its cookie once", async () => {
    const page = await guest.get("/own/missing");
    expect([page.status, cookieNames(page)]).toEqual([404, ["session"]]);
    expect(page.body).toContain("Not found by nobody, views: 1");
    expect(await stored()).toEqual({ views: 1 });
  });

  test("B23: a redirect of a page has the cookie, and others that the page sets", async () => {
    const page = await guest.get("/own/moved");
    expect([page.status, page.headers.location, cookieNames(page)]).toEqual([302, "/own/read", ["session", "theme"]]);
    expect(await stored()).toEqual({ views: 1 });
  });

  test("B2: a rewrite goes on with the session of the page", async () => {
    const page = await guest.get("/own/rewritten");
    expect([page.body, cookieNames(page)]).toEqual(["2", ["session"]]);
    expect(await stored()).toEqual({ views: 2 });
  });

  test("B18: Astro's own session stays beside it", async () => {
    const page = await guest.get("/own/both");
    expect(page.body).toContain("dark 1");
    expect(cookieNames(page)).toEqual(["astro-session", "session"]);
  });

  test("B7: an action signs in, with a new token", async () => {
    await guest.get("/own/write");
    const before = guest.cookie;
    const answer = await guest.post("/own/form?_action=signIn", "name=ada");
    expect([answer.status, answer.headers.location]).toEqual([303, "/own/form"]);
    expect(guest.cookie).not.toBe(before);
    expect((await guest.get("/own/form")).body).toContain("<p>ada</p>");
  });

  test("B19: an action that refuses keeps its changes, one that fails does not", async () => {
    expect((await guest.post("/own/form?_action=signIn", "name=bug")).status).toBe(500);
    expect(await stored()).toEqual({});
    expect((await guest.post("/own/form?_action=signIn", "name=nobody")).status).toBe(403);
    expect(await stored()).toEqual({ views: 1 });
  });

  test("Astro's session says in a prerendered page that there is none", async () => {
    const page = await readFile(new URL("astro/.built/own/client/own/static/index.html", import.meta.url), "utf8");
    expect(page).toContain("<p>SESSION_NOT_MOUNTED</p>");
  });

  describe("B25: while the store is down", () => {
    beforeEach(async () => {
      await guest.get("/own/write");
      const stranger = new Guest(server.url);
      await stranger.get("/own/store?down");
      return () => stranger.get("/own/store?up");
    });

    test("a page that uses the session is answered with the error's status, and no cookie", async () => {
      for (const path of ["/own/read", "/own/page", "/own/moved"]) {
        const { status, headers, body } = await guest.get(path);
        expect([path, status, headers["set-cookie"], headers.location]).toEqual([path, 503, undefined, undefined]);
        expect(body).toBe("The service is not available at the moment. Please try again.\n");
      }
    });

    test("onError answers", async () => {
      const { status, body } = await guest.get("/own/write?mode=answered");
      expect([status, body]).toEqual([418, "STORE_UNAVAILABLE"]);
    });
  });
});
