import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ask } from "../support/adapters/node.ts";
import { cookieNames, Guest } from "../support/frameworks/guest.ts";
import { type Served, serveApart } from "../support/frameworks/served.ts";
import { root } from "../support/package/manifest.ts";
import { run } from "../support/processes/run.ts";

describe("Nuxt 4", () => {
  let server: Served;
  let guest: Guest;
  beforeAll(async () => {
    server = await serveApart({ folder: "nuxt", runtime: "node22" });
  });
  afterAll(() => server?.stop());
  beforeEach(() => {
    guest = new Guest(server.url);
  });

  const stored = async (): Promise<unknown> => JSON.parse((await guest.get("/api/read")).body);
  /** What a page shows, in its one paragraph. */
  const shown = async (path: string): Promise<string | undefined> => textOf((await guest.get(path)).body);
  const textOf = (page: string): string | undefined => /<p>(.*?)<\/p>/.exec(page)?.[1];
  const hasCookie = (): boolean => guest.cookie !== undefined;

  test("Nuxt knows the session's types in components and handlers", async () => {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const projects = [".nuxt/own/tsconfig.app.json", ".nuxt/own/tsconfig.server.json", "tsconfig.check.json"];
    for (const project of projects) {
      const { stdout } = await run(process.execPath, [tsc, "--noEmit", "-p", `nuxt/${project}`], import.meta.dirname);
      expect(stdout).toBe("");
    }
  });

  test("B2: a page that the server renders reads and changes the session of its request", async () => {
    expect(await shown("/")).toBe("nobody, views: 0");
    expect(hasCookie()).toBe(false);
    const page = await guest.get("/visit");
    expect([textOf(page.body), cookieNames(page)]).toEqual(["views: 1", ["session"]]);
    expect(await shown("/visit")).toBe("views: 2");
    expect(await shown("/")).toBe("nobody, views: 2");
  });

  test.each(["useFetch", "useRequestFetch"])("B2: %s asks with the visitor's cookie", async (how) => {
    await guest.get("/visit");
    expect(await shown(`/asks?how=${how}`)).toBe("views: 2");
    expect(await stored()).toEqual({ views: 2 });
  });

  test("B2: $fetch in a page asks as a stranger", async () => {
    await guest.get("/visit");
    expect(await shown("/asks?how=$fetch")).toBe("views: 1");
    expect(await stored()).toEqual({ views: 1 });
  });

  test("B2: a session that begins in what a page fetches is the visitor's where the page passes the cookie on", async () => {
    expect([await shown("/asks?how=useFetch"), hasCookie()]).toEqual(["views: 1", false]);
    expect([await shown("/asks?how=passing"), hasCookie()]).toEqual(["views: 1", true]);
    expect(await shown("/asks?how=passing")).toBe("views: 2");
  });

  test.each([
    ["passing", "ada, views: 1"],
    ["useFetch", "nobody, views: 0"],
  ])("B7: a login in what a page fetches by %s leaves the visitor as: %s", async (how, expected) => {
    await guest.get("/visit");
    expect(await shown(`/asks?how=${how}&path=/api/sign-in`)).toBe("user: ada");
    expect(await shown("/")).toBe(expected);
  });

  test("B19: a 4xx keeps the changes of its page or handler, and a 5xx drops them", async () => {
    for (const path of ["/broken", "/api/broken"]) {
      guest = new Guest(server.url);
      await guest.get("/visit");
      expect((await guest.get(`${path}?status=502`)).status).toBe(502);
      expect(await stored()).toEqual({ views: 1 });
      expect((await guest.get(`${path}?status=404`)).status).toBe(404);
      expect(await stored()).toEqual({ views: 99 });
    }
  });

  test("B19: the error page shows what is stored, and what middleware changes for it is not stored", async () => {
    const counted = { "x-counted": "yes" };
    const failed = await guest.get("/broken?status=500", counted);
    expect([failed.status, textOf(failed.body), cookieNames(failed)]).toEqual([500, "500, views: 0", []]);
    const missing = await guest.get("/broken?status=404", counted);
    expect([missing.status, textOf(missing.body), cookieNames(missing)]).toEqual([404, "404, views: 0", ["session"]]);
    expect(await stored()).toEqual({ requests: 1, views: 99 });
    const again = await guest.get("/broken?status=500", counted);
    expect([textOf(again.body), cookieNames(again)]).toEqual(["500, views: 99", []]);
    expect(await stored()).toEqual({ requests: 1, views: 99 });
  });

  test("B23: navigateTo() in a page redirects when the session is stored", async () => {
    const answer = await guest.get("/moved");
    expect([answer.status, answer.headers.location, cookieNames(answer)]).toEqual([302, "/", ["session"]]);
    expect(await shown("/")).toBe("nobody, views: 7");
  });

  test("B23: a page that Nuxt streams has the cookie in its first headers; later changes throw", async () => {
    const { body, headers } = await guest.get("/streamed");
    expect([headers["transfer-encoding"], headers["set-cookie"]?.length]).toEqual(["chunked", 1]);
    expect(body).toContain("<p>first</p><p>SESSION_CLOSED</p>");
    expect(await stored()).toEqual({ views: 1 });
  });

  test("B24: a session that cannot be stored is Nuxt's error page, or its JSON below /api/", async () => {
    await guest.get("/api/store?is=down");
    const page = await guest.get("/visit");
    const moved = await guest.get("/moved");
    const json = await guest.get("/api/count", { accept: "application/json" });
    await guest.get("/api/store?is=up");
    expect([page.status, textOf(page.body), cookieNames(page)]).toEqual([503, "503, views: 0", []]);
    expect([moved.status, moved.headers.location, cookieNames(moved)]).toEqual([503, undefined, []]);
    expect([json.status, cookieNames(json)]).toEqual([503, []]);
    expect(JSON.parse(json.body)).toMatchObject({ statusCode: 503, error: true });
  });

  test("B28: a page that fetched what the session had to do with is no more for shared caches than that", async () => {
    const cacheControl = async (how: string) => (await guest.get(`/asks?how=${how}`)).headers["cache-control"];
    await guest.get("/visit");
    expect(await cacheControl("useFetch")).toBe("max-age=60, private");
    expect(await cacheControl("$fetch")).toBe("public, max-age=60");
  });

  test("B28: a page that is cached for all has no session", async () => {
    await guest.get("/visit");
    expect((await guest.get("/cached")).status).toBe(500);
    const page = await guest.get("/cached-for-all");
    expect([page.status, textOf(page.body)]).toEqual([200, "the same for all"]);
    expect(await shown("/prerendered")).toBe("the same for all");
  });

  test("B1: files below /_nuxt/ are served without a question to the store", async () => {
    const page = await guest.get("/visit");
    const [file = ""] = /\/_nuxt\/[\w-]+\.js/.exec(page.body) ?? [];
    const reads = async (): Promise<number> => Number((await ask(`${server.url}/api/store`)).body);
    const before = await reads();
    const { status, headers } = await guest.get(file);
    expect([status, headers["content-type"]]).toEqual([200, expect.stringContaining("javascript")]);
    expect(await reads()).toBe(before);
    await guest.get("/");
    expect(await reads()).toBe(before + 1);
  });
});
