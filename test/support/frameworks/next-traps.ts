import { describe, expect, test } from "vitest";
import type { NextSite } from "./next-site.ts";

/**
 * What is to hold for the pages of next/site however Next.js builds and runs them. That a page cannot write is also an
 * error of the compiler: the application says so by @ts-expect-error, and Next.js builds nothing that does not compile.
 */
export function describeTraps(site: NextSite): void {
  const { visit, proxied, data, calls, fieldsOf, submit, call } = site;

  describe("a Server Component", () => {
    test("sees the session, and all components of a page share one load", async () => {
      await proxied("count");
      await calls();
      const { seen, cookies } = await visit("/page");
      expect(seen).toMatchObject([
        { isNew: false, views: 1 },
        { isNew: false, views: 1 },
      ]);
      expect(cookies).toEqual([]);
      // One of them is proxy.ts', which is a request of its own.
      expect(await calls()).toEqual(["read", "read"]);
    });

    test("B1: leaves no trace of a visitor for whom nothing is written", async () => {
      await calls();
      const { seen, cookies } = await visit("/page");
      expect([seen[0]?.isNew, cookies, await calls()]).toEqual([true, [], []]);
    });

    test("that tries to write is told where it could", async () => {
      await proxied("count");
      const { seen } = await visit("/write");
      const outcomes = seen[0] as unknown as string[];
      expect(outcomes.map((outcome) => outcome.split(":")[0])).toEqual([...Array(7).fill("NOT_SUPPORTED"), "none"]);
      expect(outcomes[0]).toMatch(/^NOT_SUPPORTED: set\(\) .* Server Function .* Route Handler .* proxy\.ts/);
      expect(await data()).toEqual({ views: 1 });
    });
  });

  describe("a Server Function", () => {
    test("B7: signs in, and the page that renders in its response sees it", async () => {
      await proxied("count");
      const { seen, cookies } = await submit("signInHere");
      expect([seen[0]?.user, cookies]).toEqual(["ada", ["session"]]);
      const { body, ...called } = await call("arrive", ["bob"]);
      expect([called.status, called.cookies]).toEqual([200, ["session"]]);
      expect(body).toMatch(/user\\*":\\*"bob/);
    });

    test("B8: ends a stored and a sealed session, and the page that renders sees neither", async () => {
      await proxied("login", { "x-colour": "red" });
      expect((await visit("/page")).seen[0]).toMatchObject({ user: "ada", colour: "red" });
      const { seen, cookies } = await submit("signOutHere");
      expect(cookies).toEqual(["session", "taste"]);
      expect(seen[0]).toMatchObject({ user: "nobody", colour: "none" });
      expect(site.jar.cookies()).toEqual([]);
    });

    test("B19: notFound() keeps the changes, and the cookie goes out", async () => {
      const { status, cookies } = await submit("missing");
      expect([status, cookies]).toEqual([404, ["session"]]);
      expect(await data()).toEqual({ views: 7 });
    });

    test("B18: functions that call each other share the session and commit once, beside other cookies", async () => {
      await calls();
      const { cookies, seen } = await submit("both", "blue");
      expect(cookies).toEqual(["other", "session", "taste"]);
      expect((await calls()).filter((name) => name !== "read")).toEqual(["create"]);
      expect(seen[0]).toMatchObject({ views: 1, notes: ["inner", "seen"], colour: "blue" });
    });

    test("functions that are called one after the other, by one that is no such, each commit", async () => {
      await proxied("count");
      const { cookies, seen } = await submit("inTurn");
      expect(cookies).toEqual(["session"]);
      expect(seen[0]).toMatchObject({ user: "ada", notes: ["after the login"] });
      expect((await visit("/page")).seen[0]).toMatchObject({ user: "ada", views: 1, notes: ["after the login"] });
    });

    test("B11: of functions in parallel nothing is lost", async () => {
      await proxied("count");
      const numbers = Array.from({ length: 20 }, (_, number) => number);
      const fields = await fieldsOf("mark");
      expect(fields.length).toBeGreaterThan(0);
      const answers = await Promise.all(numbers.map((number) => call("mark", [number])));
      expect(answers.map(({ status }) => status)).toEqual(numbers.map(() => 200));
      expect(await data()).toEqual({ views: 21, ...Object.fromEntries(numbers.map((n) => [`mark${n}`, n])) });
    });
  });

  describe("the proxy", () => {
    test("writes what the page of the same request sees, also of a new visitor", async () => {
      const { seen, cookies, headers } = await proxied("count", { "x-colour": "red", "x-other": "1" });
      expect(cookies).toEqual(["session", "taste"]);
      expect(seen[0]).toMatchObject({ isNew: false, views: 1, colour: "red", other: "1" });
      expect(headers.get("cache-control")).toBe("private, no-cache, no-store, max-age=0, must-revalidate");
      expect((await proxied("count")).seen[0]).toMatchObject({ views: 2, colour: "red" });
    });

    test("B7: rotates the token, and the page of the same request has the new one", async () => {
      await proxied("count");
      const { seen, cookies } = await proxied("login");
      expect(cookies).toEqual(["session"]);
      expect(seen[0]).toMatchObject({ user: "ada", views: 1 });
      expect((await visit("/page")).seen[0]).toMatchObject({ user: "ada", views: 1 });
    });

    test("B8: ends the session, and the page of the same request sees none", async () => {
      await proxied("count");
      const { seen } = await proxied("destroy");
      expect(seen[0]).toMatchObject({ isNew: true, views: 0, cookies: [] });
      expect(site.jar.cookies()).toEqual([]);
    });

    test("passes on what its handler made of the request's headers", async () => {
      const { seen, headers } = await proxied("pass on", { "x-removed": "1", "x-other": "2" });
      expect(seen[0]).toMatchObject({ views: 1, own: "handed on", removed: null, other: "2" });
      expect(headers.get("x-answer")).toBe("of the proxy");
    });

    test("rewrites and redirects with the cookie", async () => {
      const { seen, cookies } = await visit("/forms", { "x-do": "rewrite" });
      expect([seen.length, seen[0]?.views, cookies]).toEqual([2, 1, ["session"]]);
      site.jar.clear();
      const { status, headers } = await visit("/forms", { "x-do": "redirect" });
      expect([status, headers.get("location")]).toEqual([307, "/page"]);
      expect((await visit("/page")).seen[0]).toMatchObject({ views: 1 });
    });

    test("B19: drops the changes of a handler that fails, and keeps those of one that throws 4xx", async () => {
      expect((await proxied("count")).status).toBe(200);
      expect((await proxied("fail")).status).toBe(500);
      expect((await visit("/page")).seen[0]).toMatchObject({ views: 1 });
      expect((await proxied("conflict")).status).toBe(409);
      expect((await visit("/page")).seen[0]).toMatchObject({ views: 2 });
      site.jar.clear();
      expect(await proxied("fail late")).toMatchObject({ status: 500, cookies: ["session"] });
      expect((await visit("/page")).seen[0]).toMatchObject({ views: 1 });
    });
  });

  describe("a Route Handler", () => {
    test("sees its own changes by read(), and other cookies stay", async () => {
      const { body, cookies } = await visit("/visit/plain");
      expect([body, cookies]).toEqual(["5", ["other", "session"]]);
    });

    test("B19: redirect() and notFound() keep the changes, and the cookies go out", async () => {
      const redirected = await visit("/visit/redirect");
      expect([redirected.status, redirected.headers.get("location")]).toEqual([307, "/page"]);
      expect(redirected.cookies).toEqual(["other", "session"]);
      expect(await data()).toEqual({ views: 5 });
      site.jar.clear();
      const missing = await visit("/visit/missing");
      expect([missing.status, missing.cookies]).toEqual([404, ["other", "session"]]);
      expect(await data()).toEqual({ views: 5 });
    });

    test("B19: an error is left to Next.js, and changes nothing", async () => {
      const { status, cookies, body } = await visit("/visit/fail");
      expect([status, cookies]).toEqual([500, []]);
      expect(body).not.toContain("a bug");
    });
  });
}

/** What the edge runtime of Next.js makes a bare 500 of, with and without a session. */
export function describeEndings({ cookie, visit, data, submit, proxied }: NextSite): void {
  describe("a Server Function that ends by redirect() or an error", () => {
    test("B7: signs in and redirects: a new token, and the old one is dead", async () => {
      await proxied("count");
      const before = cookie();
      const { status, headers, cookies } = await submit("signIn");
      expect([status, headers.get("location"), cookies]).toEqual([303, "/page", ["session"]]);
      expect(headers.getSetCookie()[0]).toMatch(/; Path=\/; Expires=.*; Max-Age=86400; HttpOnly; SameSite=lax$/);
      expect((await visit("/page")).seen[0]).toMatchObject({ user: "ada", views: 1 });
      expect((await visit("/page", { cookie: before })).seen[0]).toMatchObject({ user: "nobody", views: 0 });
    });

    test("B19: an error drops what was not saved, and the cookie of what was goes out", async () => {
      const failed = await submit("failing");
      expect([failed.status, failed.cookies]).toEqual([500, []]);
      const late = await submit("failingLate");
      expect([late.status, late.cookies]).toEqual([500, ["session"]]);
      expect(await data()).toEqual({ views: 7 });
    });

    test("B18: one of two sessions cannot be stored: the other is, and the response is the error", async () => {
      const { status, headers, cookies } = await submit("tooLarge", "green");
      expect([status, headers.get("location"), cookies]).toEqual([500, null, ["taste"]]);
      expect((await visit("/page")).seen[0]).toMatchObject({ isNew: true, notes: [], colour: "green" });
    });
  });
}
