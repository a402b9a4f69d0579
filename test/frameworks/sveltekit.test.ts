import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Answer, ask } from "../support/adapters/node.ts";
import type { Apart } from "../support/frameworks/apart.ts";
import { cookieNames, Guest } from "../support/frameworks/guest.ts";
import { type Served, serveApart } from "../support/frameworks/served.ts";
import { root } from "../support/package/manifest.ts";
import { run } from "../support/processes/run.ts";

const frameworks: Readonly<Record<string, Apart>> = {
  "SvelteKit 2": { folder: "sveltekit", runtime: "node" },
  "SvelteKit 3": { folder: "sveltekit3", runtime: "node22" },
};

describe.each(Object.entries(frameworks))("%s", (_, framework) => {
  let server: Served;
  let guest: Guest;
  beforeAll(async () => {
    server = await serveApart(framework);
  });
  afterAll(() => server?.stop());
  beforeEach(() => {
    guest = new Guest(server.url);
  });

  const stored = async (): Promise<unknown> => JSON.parse((await guest.get("/own/read")).body);

  test("the handle has the types that SvelteKit expects, and locals those of the data", async () => {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout } = await run(
      process.execPath,
      [tsc, "--noEmit", "-p", `${framework.folder}/tsconfig.check.json`],
      import.meta.dirname,
    );
    expect(stdout).toBe("");
  });

  test("B7: a form action signs in: a redirect, a new token, and other cookies of the application", async () => {
    await guest.get("/own/write");
    const before = guest.cookie;
    const answer = await guest.post("/own/form?/signIn", "name=ada");
    expect([answer.status, answer.headers.location, cookieNames(answer)]).toEqual([
      303,
      "/own/form",
      ["session", "theme"],
    ]);
    expect(guest.cookie).not.toContain(before);
    expect((await guest.get("/own/form")).body).toContain("<p>ada</p>");
  });

  test("B7: a form action of a page with use:enhance has the cookie on SvelteKit's JSON", async () => {
    const enhanced = { accept: "application/json", "x-sveltekit-action": "true" };
    const answer = await guest.post("/own/form?/signIn", "name=ada", enhanced);
    expect(JSON.parse(answer.body)).toMatchObject({ type: "redirect", location: "/own/form" });
    expect(cookieNames(answer)).toEqual(["session", "theme"]);
  });

  test("B19: a form action that fails keeps its changes, one that throws does not", async () => {
    expect((await guest.post("/own/form?/signIn", "name=")).status).toBe(422);
    expect((await guest.post("/own/form?/bug", "")).status).toBe(500);
    expect(await stored()).toEqual({ views: 1 });
  });

  test.each(["/own/broken", "/own/broken/__data.json"])(
    "B19: an error in a load function changes nothing: %s",
    async (path) => {
      await guest.get("/own/write");
      const answer = await guest.get(path);
      expect(answer.body).toContain("Internal Error");
      // SvelteKit's client is told of the error by a response of status 200.
      expect(answer.status).toBe(path === "/own/broken" ? 500 : 200);
      expect(await stored()).toEqual({ views: 1 });
    },
  );

  test("B19: a remote function that throws changes nothing, although its status is 200", async () => {
    const manifest = readFileSync(
      new URL(`${framework.folder}/.svelte-kit/own/output/server/manifest-full.js`, import.meta.url),
      "utf8",
    );
    const [, hash] = /remotes: \{\s*'(\w+)'/.exec(manifest) ?? [];
    const call = (ends: string): Promise<Answer> => {
      const payload = Buffer.from(JSON.stringify([ends])).toString("base64url");
      return guest.post(`/_app/remote/${hash}/count`, JSON.stringify({ payload, refreshes: [] }), {
        "content-type": "application/json",
        "x-sveltekit-pathname": "/own/form",
        "x-sveltekit-search": "",
      });
    };
    const [well, badly] = [await call("well"), await call("badly")];
    expect([well.status, badly.status]).toEqual([200, 200]);
    expect([JSON.parse(well.body).type, JSON.parse(badly.body).type]).toEqual(["result", "error"]);
    expect(await stored()).toEqual({ views: 1 });
  });

  test.each(["/own/form", "/own/form/__data.json"])(
    "B23: a redirect thrown by another hook has the cookie: %s",
    async (path) => {
      const answer = await guest.get(`${path}?guard=redirect`);
      const location = path === "/own/form" ? answer.headers.location : JSON.parse(answer.body).location;
      expect([location, cookieNames(answer)]).toEqual(["/own/form", ["session"]]);
      expect(answer.headers["set-cookie"]?.[0]).toMatch(/; HttpOnly; SameSite=Lax$/);
      expect(await stored()).toEqual({ from: "/own/form" });
    },
  );

  test("B23: a redirect thrown after the page was rendered has the cookie", async () => {
    const answer = await guest.get("/own/form?guard=redirect+late");
    expect([answer.status, answer.headers.location, cookieNames(answer)]).toEqual([303, "/own/form", ["session"]]);
    expect(await stored()).toEqual({ from: "/own/form" });
  });

  test("B19: what another hook throws by error() is SvelteKit's to answer", async () => {
    const answer = await guest.get("/own/form?guard=forbid");
    expect([answer.status, answer.headers["content-type"]]).toEqual([403, "text/html; charset=utf-8"]);
    expect(answer.body).toContain("not for strangers");
  });

  test("B19: the cookie of what was durable goes out with what another hook throws by error()", async () => {
    const answer = await guest.get("/own/form?guard=count");
    expect([answer.status, cookieNames(answer), answer.body]).toEqual([429, ["session"], "too often\n"]);
    expect(await stored()).toEqual({ views: 1 });
  });

  test("B23: a response whose headers cannot be changed has the cookie", async () => {
    const answer = await guest.get("/own/moved");
    expect([answer.status, cookieNames(answer)]).toEqual([302, ["session"]]);
    expect(await stored()).toEqual({ views: 7 });
  });

  test("B20: what is changed while a page streams comes too late, and says so", async () => {
    const { body } = await guest.get("/own/stream");
    expect(body).toContain("SESSION_CLOSED");
    expect(await stored()).toEqual({ views: 1 });
  });

  test("B2: a session that begins in a request of event.fetch has its cookie on the page", async () => {
    expect(cookieNames(await guest.get("/own/outer"))).toEqual(["session"]);
    expect((await guest.get("/own/outer")).body).toContain("<p>2</p>");
  });

  test("B25: a session that cannot be read is the application's to answer, by handleError", async () => {
    await guest.get("/own/write");
    await ask(`${server.url}/own/store?unreadable`);
    const page = await guest.get("/own/form");
    await ask(`${server.url}/own/store?up`);
    expect(page.status).toBe(framework.folder === "sveltekit" ? 500 : 503);
    expect([page.headers["set-cookie"], page.body]).toEqual([undefined, expect.stringContaining("Please try again.")]);
    expect(await stored()).toEqual({ views: 1 });
  });

  describe("B24: a session that cannot be stored", () => {
    beforeEach(async () => {
      await guest.get("/own/write");
      await ask(`${server.url}/own/store?down`);
      return () => ask(`${server.url}/own/store?up`);
    });

    test("B24: a session that cannot be stored is answered with the error's status, and no cookie", async () => {
      const answer = await guest.post("/own/form?/signIn", "name=ada");
      expect([answer.status, cookieNames(answer), answer.headers.location]).toEqual([503, ["theme"], undefined]);
      expect(answer.body).toBe("The service is not available at the moment. Please try again.\n");
    });

    test("B24: a session that cannot be stored is an error page to SvelteKit's client", async () => {
      const enhanced = { accept: "application/json", "x-sveltekit-action": "true" };
      const answer = await guest.post("/own/form?/signIn", "name=ada", enhanced);
      expect(answer.status).toBe(503);
      expect(JSON.parse(answer.body)).toMatchObject({
        type: "error",
        error: { message: expect.stringContaining("not available") },
      });
    });

    test("B24: a session that cannot be stored is answered by onError, or by SvelteKit where that throws", async () => {
      const own = await guest.get("/own/write?answer=application");
      expect([own.status, own.body]).toEqual([418, "COMMIT_UNKNOWN"]);
      const framework = await guest.get("/own/write?answer=SvelteKit");
      expect([framework.status, framework.headers["content-type"]]).toEqual([503, "text/html; charset=utf-8"]);
      expect(framework.body).toContain("come back later");
    });
  });
});
