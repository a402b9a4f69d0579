import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { siteOf } from "../support/frameworks/next-site.ts";
import { describeEndings, describeTraps } from "../support/frameworks/next-traps.ts";

describe("Next.js 16 with cacheComponents", () => {
  const site = siteOf("next/cached");
  const { visit, submit, calls } = site;
  const forNobodyElse = "private, no-cache, no-store, max-age=0, must-revalidate";

  /** The cookie of somebody who has signed in. */
  async function signedIn(name: string): Promise<{ cookie: string }> {
    site.jar.clear();
    await submit("signIn", name);
    const cookie = site.cookie();
    site.jar.clear();
    return { cookie };
  }
  const prefetch = (path: string, cookie: Record<string, string>, headers: Record<string, string>) =>
    visit(path, { ...cookie, rsc: "1", ...headers }, { redirect: "follow" });
  const idsIn = (body: string) =>
    Object.fromEntries([...body.matchAll(/<p id="([\w-]+)">([\w-]+)</g)].map(([, ...pair]) => pair));

  describeTraps(site);
  describeEndings(site);

  describe("a prerendered shell", () => {
    test("B28: a prerendered shell is the beginning of every visitor's page, and holds nothing of a visitor", async () => {
      const shell = readFileSync(new URL("next/cached/.next/server/app/mixed.html", import.meta.url), "utf8");
      expect(shell).toContain("<h1>for all</h1>");
      expect(shell).toContain("<p>who is it?</p>");
      expect(shell).not.toContain("<pre>");
      expect(Object.keys(idsIn(shell))).toEqual(["shared"]);
      const { body, seen, headers } = await visit("/mixed", await signedIn("visitor-1"));
      expect(body.startsWith(shell)).toBe(true);
      expect([seen[0]?.user, headers.get("cache-control")]).toEqual(["visitor-1", forNobodyElse]);
    });

    test("B28: two visitors at once never see each other's data, and the cache keeps them apart", async () => {
      const visitors = [await signedIn("visitor-1"), await signedIn("visitor-2")];
      const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => visit("/mixed", visitors[n % 2])));
      const ids = answers.map(({ body }) => idsIn(body));
      for (const [n, { seen, body, cookies, headers }] of answers.entries()) {
        const [own, other] = n % 2 === 0 ? ["visitor-1", "visitor-2"] : ["visitor-2", "visitor-1"];
        expect([seen[0]?.user, cookies, headers.get("cache-control")]).toEqual([own, [], forNobodyElse]);
        expect(seen[1]).toEqual([`closure: ${own}`, ["id"]]);
        expect(body).not.toContain(other);
        expect(ids[n]).toEqual({ shared: ids[0]?.shared, [`of-${own}`]: ids[n % 2]?.[`of-${own}`] });
      }
    });

    test("B28: a prerendered shell that is a whole page is kept by shared caches, but not when proxy.ts tells a visitor something", async () => {
      const { headers, cookies } = await visit("/still");
      expect([headers.get("cache-control"), cookies]).toEqual(["s-maxage=31536000", []]);
      const counted = await visit("/still", { "x-do": "count" });
      expect([counted.headers.get("cache-control"), counted.cookies]).toEqual([forNobodyElse, ["session"]]);
    });
  });

  test("B28: a Route Handler that wants nothing of a request but its session is not prerendered", async () => {
    const visitors = [await signedIn("visitor-1"), {}, await signedIn("visitor-2")];
    const answers = await Promise.all(visitors.map((cookie) => visit("/mine", cookie)));
    expect(answers.map(({ body }) => JSON.parse(body).user)).toEqual(["visitor-1", "nobody", "visitor-2"]);
    for (const { headers } of answers) {
      expect(headers.get("cache-control")).toBe("private");
      expect(headers.get("vary")?.split(", ")).toContain("Cookie");
    }
  });

  test('within "use cache" a session cannot be read', async () => {
    const { body } = await visit("/inside", await signedIn("visitor-1"));
    expect(body).toMatch(/^Error: Route "\/inside": `headers\(\)` can't be read inside `"use cache"`\./);
  });

  test('within "use cache: private" it is this visitor\'s', async () => {
    for (const name of ["visitor-1", "visitor-2"]) {
      expect(idsIn((await visit("/private", await signedIn(name))).body)).toEqual({ user: name });
    }
  });

  describe("a prefetch", () => {
    test("B28: a prefetch of what is static is the same for all", async () => {
      const bodies: string[] = [];
      for (const visitor of [await signedIn("visitor-1"), await signedIn("visitor-2"), {}]) {
        const asked = { "next-router-prefetch": "1", "next-router-segment-prefetch": "/_full" };
        const { status, headers, body } = await prefetch("/mixed", visitor, asked);
        expect([status, headers.get("cache-control")]).toEqual([200, expect.stringMatching(/^s-maxage=/)]);
        bodies.push(body);
      }
      expect(bodies[0]).toContain("for all");
      expect(new Set(bodies).size).toBe(1);
    });

    test.each(["2", "3"])(
      "B28: a prefetch that is rendered for one visitor asks no store, and holds nothing of the session (%s)",
      async (kind) => {
        const visitor = await signedIn("visitor-1");
        await calls();
        const { status, headers, body } = await prefetch("/mixed", visitor, { "next-router-prefetch": kind });
        expect([status, headers.get("cache-control")]).toEqual([200, forNobodyElse]);
        expect(body).not.toContain("visitor-1");
        // Those of proxy.ts: for a redirect to an address of its own, and there.
        expect(await calls()).toEqual(["read", "read"]);
        expect((await prefetch("/mixed", visitor, {})).body).toContain("visitor-1");
      },
    );
  });
});
